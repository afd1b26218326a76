/* Single keys are matched here; only a match does anything, and never while somebody types. */
(() => {
  if (window.cfKeyboard) return;
  window.cfKeyboard = true;
  let pending = "";
  let timer = 0;
  const typing = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  const rows = () => [...document.querySelectorAll("tr[data-row]")];
  const go = (keys) => document.querySelector(`[data-go="${keys}"]`)?.click();
  // The sheet lists what works here: an entry names what must be on the page for it.
  window.cfShortcuts = () => {
    const sheet = document.getElementById("shortcuts");
    sheet?.querySelectorAll("[data-when]").forEach((entry) => { entry.hidden = !document.querySelector(entry.dataset.when); });
    sheet?.showModal();
  };

  // The address is changed without a change of page: the list stays as it is.
  const setParam = (name, value) => {
    const url = new URL(location.href);
    if (value) url.searchParams.set(name, value); else url.searchParams.delete(name);
    history.replaceState(history.state, "", url.pathname + decodeURIComponent(url.search));
  };
  window.cfForget = (name) => setParam(name, "");

  // React hears of a change only where the element's own setter made it.
  const tell = (selector, text) => {
    const field = document.querySelector(selector);
    if (!field) return;
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, field.value.endsWith(" ") ? text : `${text} `);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const panel = () => document.querySelector("[data-peek]");
  let peekTimer = 0;
  const peek = (row, pause = 0) => {
    clearTimeout(peekTimer);
    peekTimer = setTimeout(() => { setParam("peek", row?.dataset.row ?? ""); tell("[data-on-row]", row?.dataset.row ?? ""); }, pause);
  };
  const whenPeeked = (row, then) => {
    const until = Date.now() + 3000;
    const look = () => panel()?.dataset.peek === row.dataset.row ? then(panel()) : Date.now() < until && setTimeout(look, 50);
    look();
  };
  // A column is dragged to its width; only where it is let go travels, and is kept for the next time.
  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest?.("[data-resize]");
    if (!grip) return;
    event.preventDefault();
    const head = grip.closest("th"), place = [...head.parentNode.children].indexOf(head) + 1;
    const rule = document.head.appendChild(document.createElement("style"));
    const from = event.clientX, before = head.offsetWidth;
    const width = (at) => Math.min(800, Math.max(60, Math.round(before + at - from)));
    const move = (at) => { const size = `${width(at.clientX)}px`; rule.textContent = `.cf-cards tr > :nth-child(${place}) { width: ${size} !important; min-width: ${size} !important; max-width: ${size} !important; }`; };
    const stop = (at) => {
      removeEventListener("pointermove", move);
      tell("[data-arrange]", `width ${grip.dataset.resize} ${width(at.clientX)}`);
      setTimeout(() => rule.remove(), 1000);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", stop, { once: true });
  });
  const actions = (row) => { peek(row); whenPeeked(row, (found) => found.querySelector(".cf-action")?.focus()); };
  const closePeek = () => {
    const row = document.querySelector(`tr[data-row="${panel()?.dataset.peek}"]`);
    peek(null);
    row?.focus();
  };

  // Rows that changed while they were shown are tinted for a second; the style sheet's own colours stay untouched.
  window.cfTint = (ids) => requestAnimationFrame(() => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    for (const row of rows()) {
      if (!ids.includes(row.dataset.row)) continue;
      row.animate([{ backgroundColor: "var(--accent-a4)" }, { backgroundColor: calm ? "var(--accent-a4)" : "transparent" }], 1000);
    }
  });

  const walk = (items, step) => {
    if (!items.length) return;
    const at = items.indexOf(document.activeElement);
    const next = items[Math.max(0, Math.min(items.length - 1, at + step))] ?? items[0];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    if (panel() && next.matches("tr[data-row]")) peek(next, 80);
  };

  // With Shift a head becomes the second order; the browser would open a window instead.
  document.addEventListener("click", (event) => {
    const head = event.shiftKey && event.target.closest("th a") && event.target.closest("th").querySelector("[data-resize]");
    if (!head) return;
    event.preventDefault();
    event.stopPropagation();
    tell("[data-arrange]", `then ${head.dataset.resize}`);
  }, true);

  document.addEventListener("contextmenu", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (!row || event.target.closest("a") || !document.querySelector("[data-on-row]") || String(getSelection())) return;
    event.preventDefault();
    row.focus();
    actions(row);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-peek-close]")) closePeek();
    if (event.target.closest("[data-nav-toggle]")) document.body.classList.toggle("cf-nav-open");
    else if (event.target.closest(".cf-nav a") || !event.target.closest(".cf-nav")) document.body.classList.remove("cf-nav-open");
  });

  // A form in a popover closes it once it is sent; closing on the button's click would take the form away first.
  document.addEventListener("submit", (event) => {
    if (!event.target.closest("[data-radix-popper-content-wrapper]")) return;
    setTimeout(() => document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true })), 0);
  });

  // A step of a campaign moves with the focus in it, also out of a field; its buttons do the work.
  const moveStep = (event) => {
    const step = event.altKey && /^Arrow(Up|Down)$/.test(event.key) && event.target.closest?.("[data-step]");
    if (!step) return false;
    event.preventDefault();
    step.querySelector(`[data-move="${event.key === "ArrowUp" ? "up" : "down"}"]`)?.click();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented || moveStep(event)) return;
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
    const row = target.closest("tr[data-row]");
    if (pending === "g") { pending = ""; clearTimeout(timer); go(`g ${event.key}`); return; }
    switch (event.key) {
      case "g": pending = "g"; timer = setTimeout(() => { pending = ""; }, 1000); break;
      case " ":
        if (!document.querySelector("[data-on-row]") || !target.matches("tr[data-row], body")) break;
        event.preventDefault();
        if (row && panel()?.dataset.peek === row.dataset.row) { closePeek(); break; }
        if (!row) walk(rows(), 1);
        if (row ?? rows()[0]) peek(row ?? rows()[0]);
        break;
      case "Escape": if (panel()) closePeek(); break;
      case ".":
        if (row && document.querySelector("[data-on-row]")) { event.preventDefault(); actions(row); }
        else document.querySelector("main [data-action]")?.focus();
        break;
      case "e":
        if (row && document.querySelector("[data-on-row]")) { if (document.querySelector("[data-edits]")) tell("[data-on-row]", `${row.dataset.row} e`); }
        else document.querySelector('main [data-key="e"]')?.click();
        break;
      case "n": document.querySelector('main [data-key="n"]')?.click(); break;
      case "f": { const menu = document.querySelector("[data-filter]"); if (menu) { event.preventDefault(); menu.click(); } break; }
      case "/": { const field = document.querySelector("[data-search]"); if (field) { event.preventDefault(); field.focus(); field.select(); } break; }
      case "?": window.cfShortcuts(); break;
      case "[": document.body.classList.toggle("cf-folded"); break;
      case "j": case "ArrowDown": if (rows().length && (event.key === "j" || target.closest?.("tr[data-row]"))) { event.preventDefault(); walk(rows(), 1); } break;
      case "k": case "ArrowUp": if (rows().length && (event.key === "k" || target.closest?.("tr[data-row]"))) { event.preventDefault(); walk(rows(), -1); } break;
      case "Enter": target.closest?.("tr[data-row]")?.querySelector("a")?.click(); break;
      case "z": document.querySelector('[data-sonner-toast][data-mounted="true"] [data-action]')?.click(); break;
      case "x": target.closest?.("tr[data-row]")?.querySelector("[role=checkbox]")?.click(); break;
      default: { const action = /^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`); if (action) { event.preventDefault(); action.click(); } }
    }
  });
})();
