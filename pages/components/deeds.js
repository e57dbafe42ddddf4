// A button of an exception or an advice sends an act; a refusal asks for its reason first. Nothing goes to a plant.
(() => {
  if (window.boardDeeds) return;
  const why = (words) => new Promise((answer) => {
    const dialog = document.createElement("dialog"), form = document.createElement("form"), title = document.createElement("label");
    const reason = document.createElement("textarea"), send = document.createElement("button"), cancel = document.createElement("button");
    dialog.className = "deed-reason";
    title.textContent = words.why;
    Object.assign(reason, { required: true, maxLength: 200, rows: 3 });
    Object.assign(send, { type: "submit", textContent: words.send });
    Object.assign(cancel, { type: "button", textContent: words.cancel, onclick: () => dialog.close() });
    form.method = "dialog";
    form.onsubmit = () => dialog.close(reason.value.trim());
    title.append(reason);
    form.append(title, send, cancel);
    dialog.append(form);
    dialog.onclose = () => { dialog.remove(); answer(dialog.returnValue || null); };
    document.body.append(dialog);
    dialog.showModal();
  });
  window.boardDeeds = document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button.deed");
    if (!button) return;
    const deeds = button.parentElement, words = deeds.dataset, { verb, subject } = button.dataset;
    const note = verb === "decline" ? await why(words) : null;
    if (verb === "decline" && !note) return;
    let told = words.failed;
    try {
      const answer = await fetch("/api/act", {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ verb, subject, note }),
      });
      if (answer.ok) told = words.recorded;
    } catch { /* the server is away: the words say so */ }
    deeds.setAttribute("role", "status");
    deeds.textContent = told;
  }) ?? true;
})();
