/* Asks the board's memory whether anything changed; a board that does not answer is said to be gone. */
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.board = {
  poll: async function (_n, pathname, drawn) {
    const same = window.dash_clientside.no_update;
    document.documentElement.lang = /[?&]lang=en(&|$)/.test(window.location.search) ? "en" : "zh-CN";
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 5000);
    try {
      const answer = await fetch("/api/state", { cache: "no-store", signal: stop.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const now = await answer.json();
      const wasGone = document.body.classList.contains("is-offline");
      document.body.classList.remove("is-offline");
      const page = (pathname || "").split("/")[1];
      const key = page === "data" || page === "cases" ? page : "set";
      return !wasGone && drawn && drawn[key] === now[key] ? same : now;
    } catch (error) {
      document.body.classList.add("is-offline");
      return same;
    } finally {
      clearTimeout(timer);
    }
  },
};
