// Puts the code of an invitation, which stands behind the # of its link, into the field, and clears the address.

const field = document.querySelector("[name=invitation]");
const code = decodeURIComponent(location.hash.slice(1));
if (field && code && !field.value) {
  field.value = code;
  history.replaceState(null, "", location.pathname);
}
