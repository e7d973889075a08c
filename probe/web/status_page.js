const rows = [...document.querySelectorAll('.row')];
const box = document.querySelector('input');
const buttons = [...document.querySelectorAll('nav button')];
let state = '';

function show() {
  const words = box.value.toLowerCase().split(' ').filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const fits = (!state || row.dataset.state === state) && words.every(word => row.dataset.text.includes(word));
    row.classList.toggle('hide', !fits);
    if (fits) shown++;
  }
  document.querySelector('#shown').textContent = shown + ' of ' + rows.length + ' shown';
}

box.addEventListener('input', show);
for (const button of buttons) {
  button.addEventListener('click', () => {
    state = state === button.dataset.state ? '' : button.dataset.state;
    for (const other of buttons) other.setAttribute('aria-pressed', other.dataset.state === state);
    show();
  });
}
show();

// Fresh results, unless somebody is reading or looking for something.
setInterval(() => {
  if (!document.hidden && !box.value && !state && !document.querySelector('details[open]')) location.reload();
}, 15000);
