/* Single keys are matched here; only a match does anything, and never while somebody types. */
(() => {
  if (window.cfKeyboard) return;
  window.cfKeyboard = true;
  let pending = "";
  let timer = 0;
  const typing = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  const rows = () => [...document.querySelectorAll("tr[data-row]")];
  const go = (keys) => document.querySelector(`[data-go="${keys}"]`)?.click();
  window.cfShortcuts = () => document.getElementById("shortcuts")?.showModal();

  const walk = (items, step) => {
    if (!items.length) return;
    const at = items.indexOf(document.activeElement);
    const next = items[Math.max(0, Math.min(items.length - 1, at + step))] ?? items[0];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-nav-toggle]")) document.body.classList.toggle("cf-nav-open");
    else if (event.target.closest(".cf-nav a") || !event.target.closest(".cf-nav")) document.body.classList.remove("cf-nav-open");
  });

  // A form in a popover closes it once it is sent; closing on the button's click would take the form away first.
  document.addEventListener("submit", (event) => {
    if (!event.target.closest("[data-radix-popper-content-wrapper]")) return;
    setTimeout(() => document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true })), 0);
  });

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      document.querySelector("[data-palette-open]")?.click();
      return;
    }
    const target = event.target;
    if (!(target instanceof Element)) return;
    if (target.matches?.("[data-palette-input], [data-palette-item]")) {
      const hits = [...document.querySelectorAll("[data-palette-item]")];
      if (event.key === "ArrowDown") { event.preventDefault(); walk(hits, 1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); walk(hits, -1); }
      else if (event.key === "Enter" && target.matches("[data-palette-input]")) { event.preventDefault(); hits[0]?.click(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(target)) return;
    if (document.querySelector("[role=dialog], [role=alertdialog], [role=menu]")) return;
    if (pending === "g") { pending = ""; clearTimeout(timer); go(`g ${event.key}`); return; }
    switch (event.key) {
      case "g": pending = "g"; timer = setTimeout(() => { pending = ""; }, 1000); break;
      case "/": { const field = document.querySelector("[data-search]"); if (field) { event.preventDefault(); field.focus(); field.select(); } break; }
      case "?": window.cfShortcuts(); break;
      case "[": document.body.classList.toggle("cf-folded"); break;
      case "j": case "ArrowDown": if (rows().length && (event.key === "j" || target.closest?.("tr[data-row]"))) { event.preventDefault(); walk(rows(), 1); } break;
      case "k": case "ArrowUp": if (rows().length && (event.key === "k" || target.closest?.("tr[data-row]"))) { event.preventDefault(); walk(rows(), -1); } break;
      case "Enter": target.closest?.("tr[data-row]")?.querySelector("a")?.click(); break;
      case "x": target.closest?.("tr[data-row]")?.querySelector("[role=checkbox]")?.click(); break;
      default: { const action = /^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`); if (action) { event.preventDefault(); action.click(); } }
    }
  });
})();
