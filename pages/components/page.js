// Once in a browser: links inside the product change the page without loading the application anew, tables are sorted
// by their heads, a drawing is taken away as SVG, a menu closes when somebody looks elsewhere. Without this script the links are plain ones.
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
    const head = event.target.closest?.(".table th button");
    if (head) sort(head.closest("th"));
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

  const sort = (th) => {
    const table = th.closest("table"), place = [...th.parentNode.children].indexOf(th);
    const down = th.getAttribute("aria-sort") === "ascending";
    for (const other of th.parentNode.children) other.removeAttribute("aria-sort");
    th.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => row.children[place].dataset.v ?? "";
    const numeric = th.dataset.kind === "number";
    const rows = [...table.tBodies[0].rows].sort((one, other) => {
      const [a, b] = [key(one), key(other)];
      if (a === "" || b === "") return (a === "") - (b === "");  // unknown ones last, whichever way
      const way = numeric ? a - b : a.localeCompare(b, document.documentElement.lang || "zh");
      return down ? -way : way;
    });
    table.tBodies[0].append(...rows);
  };
}
