// Asks for the board's HTML again and again, changes the page only where that changed, and loads itself anew each night.
(() => {
  const settings = JSON.parse(document.body.dataset.wall), wall = document.getElementById("wall");
  const NIGHT_HOUR = 3, ANSWER_WITHIN_MS = 8000, LEAST_UP_MS = 2 * 3600 * 1000, opened = Date.now();
  let shown = "";
  const hour = () => Number(new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hourCycle: "h23", timeZone: settings.timezone }).format());
  const refresh = async () => {
    try {
      const answer = await fetch(settings.source, { cache: "no-cache", signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      if (!answer.ok) throw new Error(answer.status);
      const html = await answer.text();
      if (hour() === NIGHT_HOUR && Date.now() - opened > LEAST_UP_MS) return location.reload();
      if (html !== shown) {
        wall.innerHTML = html;
        shown = html;
        window.boardTick?.();
      }
    } catch {
      // the board's own script marks a server that is lost
    }
    setTimeout(refresh, settings.refreshMs);
  };
  setTimeout(refresh, settings.refreshMs);
})();
