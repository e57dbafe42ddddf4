// The age of the data ticks here, and the board marks itself stale without the server's help.
(() => {
  const limits = [[60, 1, "secondsAgo"], [3600, 60, "minutesAgo"], [86400, 3600, "hoursAgo"], [Infinity, 86400, "daysAgo"]];
  const tick = () => {
    const board = document.querySelector(".board[data-made-at]");
    if (!board) return;
    const sinceMade = (Date.now() - Date.parse(board.dataset.madeAt)) / 1000;
    const stale = String(sinceMade > Number(board.dataset.staleAfter));
    if (board.dataset.stale !== stale) board.dataset.stale = stale;
    const age = board.querySelector(".age");
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(board.dataset.boardAsOf)) / 1000));
    const [, unit, name] = limits.find(([under]) => seconds < under);
    const text = age.dataset[name].replace("{n}", Math.floor(seconds / unit));
    if (age.textContent !== text) age.textContent = text;
  };
  tick();
  if (!window.boardClock) window.boardClock = setInterval(tick, 1000);
})();
