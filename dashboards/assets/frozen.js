/* Puts the inside of frozen elements (dashboards/frozen.py) into the page and makes their links change it in place. */
(function () {
  const placed = new WeakMap();

  /* React knows nothing of the nodes placed here, so they are taken away again before others come. */
  function place(element) {
    (placed.get(element) || []).forEach((node) => node.remove());
    placed.delete(element);
    const text = element.getAttribute("data-html");
    if (text === null) return;
    const template = document.createElement("template");
    template.innerHTML = text;
    const nodes = Array.from(template.content.childNodes);
    element.append(...nodes);
    placed.set(element, nodes);
  }

  function follow(changes) {
    for (const change of changes) {
      if (change.type === "attributes") place(change.target);
      for (const node of change.addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        if (node.hasAttribute("data-html") && !placed.has(node)) place(node);
        node.querySelectorAll("[data-html]").forEach((inner) => placed.has(inner) || place(inner));
      }
    }
  }

  function navigate(event) {
    const link = event.target.closest && event.target.closest("a[data-nav]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    window.history.pushState({}, "", link.getAttribute("href"));
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }

  new MutationObserver(follow).observe(document.documentElement, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["data-html"],
  });
  document.addEventListener("click", navigate);
})();
