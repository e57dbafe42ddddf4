// The age of the data ticks here. The board marks itself without the server's help: when the snapshot is old, when the
// worker no longer beats, when the server can't be reached; and takes the mark away when they are back.
(() => {
  const limits = [[60, 1, "secondsAgo"], [3600, 60, "minutesAgo"], [86400, 3600, "hoursAgo"], [Infinity, 86400, "daysAgo"]];
  const ASK_EVERY_MS = 2000, ANSWER_WITHIN_MS = 3000, WORKER_BEATS_S = 6, MISSES = 2;
  const health = window.boardHealth ??= { misses: 0, workerAge: 0 };
  const loss = (board) => {
    if (health.misses >= MISSES) return "server";
    if (health.workerAge > WORKER_BEATS_S) return "worker";
    return (Date.now() - Date.parse(board.dataset.madeAt)) / 1000 > Number(board.dataset.staleAfter) ? "stale" : "";
  };
  const tick = () => {
    const board = document.querySelector(".board[data-made-at]");
    if (!board) return;
    const lost = loss(board), mark = board.querySelector(".stale-mark");
    const text = lost ? "▨ " + mark.dataset[lost] : "";
    if (mark.textContent !== text) mark.textContent = text;
    if (board.dataset.stale !== String(lost !== "")) board.dataset.stale = String(lost !== "");
    const age = board.querySelector(".age");
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(board.dataset.boardAsOf)) / 1000));
    const [, unit, name] = limits.find(([under]) => seconds < under);
    const told = age.dataset[name].replace("{n}", Math.floor(seconds / unit));
    if (age.textContent !== told) age.textContent = told;
  };
  const ask = async () => {
    if (!document.querySelector(".board[data-made-at]")) return;
    try {
      const answer = await fetch("/api/ready", { cache: "no-store", signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      health.workerAge = (await answer.json()).worker_age_s ?? Infinity;
      health.misses = 0;
    } catch {
      health.misses += 1;
    }
    tick();
  };
  // the live map is drawn outside the board and laid over the place left for it
  const lay = () => {
    const slot = document.querySelector(".board .map"), map = document.querySelector(".st-key-plant_map");
    if (!slot || !map) return;
    const { left, top, width, height } = slot.getBoundingClientRect(), zoom = parseFloat(getComputedStyle(map).zoom) || 1;
    const origin = map.offsetParent.getBoundingClientRect();
    const rect = { left: left - origin.left, top: top - origin.top, width, height };
    for (const [side, size] of Object.entries(rect)) {
      const wanted = `${Math.round(size / zoom)}px`;
      if (map.style[side] !== wanted) map.style[side] = wanted;
    }
    map.style.visibility = "visible";
  };
  tick();
  lay();
  window.boardTick = tick;
  window.boardLay ??= [setInterval(lay, 250), addEventListener("resize", lay)];
  window.boardClock ??= setInterval(tick, 1000);
  window.boardPulse ??= setInterval(ask, ASK_EVERY_MS);
})();
