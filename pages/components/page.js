// Once in a browser: links inside the product change the page without loading the application anew, a
// drawing is taken away as SVG, a menu closes when somebody looks elsewhere. Without this script the links are plain ones.
if (!window.waterPages) {
  window.waterPages = true;
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".stHtml a[href^='/']");
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (link && plain && !("reload" in link.dataset)) {
      event.preventDefault();
      const other = new URL(link.href).pathname !== location.pathname;
      history.pushState({}, "", link.href);
      dispatchEvent(new PopStateEvent("popstate", { state: {} }));
      if (other) document.querySelector(".stMain")?.scrollTo(0, 0);
      else if (link.hash) document.querySelector(link.hash)?.scrollIntoView();
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (link || !menu.contains(event.target)) menu.open = false;
    }
    const picture = event.target.closest?.("[data-picture]");
    if (picture) save(picture);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  const save = (button) => {
    const drawing = button.closest(".stVerticalBlock").querySelector(".stGraphVizChart svg");
    if (!drawing) return;
    const file = new Blob([new XMLSerializer().serializeToString(drawing)], { type: "image/svg+xml" });
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: button.dataset.picture });
    link.click();
    URL.revokeObjectURL(link.href);
  };
}
