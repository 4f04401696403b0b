// The mail's link carries its code after the #, which browsers send to nobody: here it goes into the form, and out of the address.
const code = document.getElementById('code'), mailed = location.hash.slice(1);
if (code && mailed.length >= 40) {
  code.value = mailed;
  code.closest('.field').hidden = true;
  history.replaceState(null, '', location.pathname + location.search);
  document.querySelector('main input:not([name=code])').focus();
}
// A button copies what stands beside it.
for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = false;
  button.onclick = () => navigator.clipboard.writeText(button.dataset.copy).then(() => { button.firstChild.data = button.dataset.copied; });
}
