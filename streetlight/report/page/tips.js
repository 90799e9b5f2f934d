// What a number tells, beside it and within the window: while it is pointed at, or has the focus.

const tip = document.getElementById('tip');
let telling = null;

function tell(event) {
  telling = event.target.closest ? event.target.closest('.digits') : null;
  tip.hidden = !telling;
  if (!telling) return;
  tip.textContent = telling.dataset.tip;
  telling.setAttribute('aria-describedby', 'tip');
  stay();
}

function stay() {
  if (tip.hidden) return;
  const place = telling.getBoundingClientRect(), own = tip.getBoundingClientRect(), below = place.bottom + 6;
  tip.style.left = Math.max(8, Math.min(place.left, innerWidth - own.width - 8)) + 'px';
  tip.style.top = (below + own.height > innerHeight ? Math.max(8, place.top - own.height - 6) : below) + 'px';
}

for (const event of ['mouseover', 'focusin', 'click']) addEventListener(event, tell);
for (const event of ['scroll', 'resize']) addEventListener(event, stay, true);
addEventListener('focusout', () => { tip.hidden = true; });
addEventListener('keydown', event => { if (event.key === 'Escape') tip.hidden = true; });

addEventListener('beforeprint', () => document.querySelectorAll('details').forEach(each => { each.open = true; }));
