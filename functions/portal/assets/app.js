// The mail's link carries its code after the #, which browsers send to nobody: here it goes into the form, and out of the address.
(() => {
  const code = document.getElementById('code');
  const mailed = location.hash.slice(1);
  if (!code || mailed.length < 40) return;
  code.value = mailed;
  code.closest('.field').hidden = true;
  history.replaceState(null, '', location.pathname + location.search);
  document.querySelector('main input:not([name=code])').focus();
})();
