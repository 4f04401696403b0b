// A file's digest is reckoned here, so that the file stays on this machine.
const reckon = root => {
  for (const field of root.querySelectorAll("input[data-digest]")) {
    const file = document.createElement("input");
    file.type = "file";
    file.setAttribute("aria-labelledby", field.id + "-hint");
    file.addEventListener("change", async () => {
      const [chosen] = file.files;
      if (!chosen) return;
      const digest = await crypto.subtle.digest("SHA-256", await chosen.arrayBuffer());
      field.value = [...new Uint8Array(digest)].map(byte => byte.toString(16).padStart(2, "0")).join("");
    });
    field.before(file);
  }
};
// What the server wrote into a part; a form's key is new each time.
const written = part => part.innerHTML.replace(/(name="key" value=")[^"]*/g, "$1");
const parts = new Map([...document.querySelectorAll("[data-part]")].map(part => [part.id, written(part)]));
reckon(document);

// Whether somebody is writing in a part, or has written.
const isTyped = field => {
  if (field === document.activeElement) return true;
  if (field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (!field.options) return field.value !== field.defaultValue;
  return field.selectedIndex !== Math.max(0, [...field.options].findIndex(option => option.defaultSelected));
};
const isBusy = part => [...part.querySelectorAll("input:not([type=hidden]), select")].some(isTyped);

// Puts a part in the place of the one that is shown; what had the focus keeps it.
const replace = (part, fresh) => {
  const at = part.contains(document.activeElement) ? document.activeElement : null;
  fresh.open = part.open;
  part.replaceWith(fresh);
  reckon(fresh);
  const way = at?.getAttribute("href");
  const same = at && fresh.querySelector(way ? `[href="${CSS.escape(way)}"]` : at.localName);
  same?.focus({ preventScroll: true });
};

// The page asks whether it is still what it was, and takes what is new. It is said politely, once something came.
const news = document.querySelector("[data-from]");
if (news) {
  const address = new URL(news.dataset.from, location.href.split("#")[0]);
  let version;
  const take = page => {
    let [came, left] = [false, false];
    for (const [id, before] of parts) {
      const [part, fresh] = [document.getElementById(id), page.getElementById(id)];
      if (!part || !fresh || written(fresh) === before) continue;
      if (isBusy(part)) {
        left = true;
        continue;
      }
      parts.set(id, written(fresh));
      replace(part, fresh);
      came = true;
    }
    return [came, left];
  };
  const ask = async () => {
    if (document.hidden) return;
    const headers = version ? { "if-none-match": version } : {};
    const answer = await fetch(address, { headers, redirect: "manual" }).catch(() => null);
    // What fails for the moment is asked again.
    if (!answer || answer.status === 304 || answer.status === 429 || answer.status >= 500) return;
    if (!answer.ok) {
      clearInterval(again);
      news.textContent = news.dataset.stale;
      return;
    }
    const [came, left] = take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    // What was left alone is looked at again.
    version = left ? null : answer.headers.get("etag");
    if (!came) return;
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hourCycle: "h23" });
    news.textContent = [`${news.dataset.updated} ${time}`, document.getElementById("status")?.textContent].filter(Boolean).join(" · ");
  };
  const again = setInterval(ask, 1000 * news.dataset.seconds);
  document.addEventListener("visibilitychange", ask);
}
