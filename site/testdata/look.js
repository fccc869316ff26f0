// A function of the page that returns what is wrong with how it looks, in
// sentences. With onlyDialog it looks at the open dialog alone.
(onlyDialog) => {
	const found = new Set(), root = document.documentElement;
	const name = (e) => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.getAttribute("class") ? "." + e.getAttribute("class").split(" ").join(".") : "") + " “" + e.textContent.trim().replace(/\s+/g, " ").slice(0, 40) + "”";
	const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
	const scope = onlyDialog ? document.querySelector("dialog[open]") : document.body;
	const style = (e) => getComputedStyle(e);

	// Nothing makes the page wider than its window.
	if (!onlyDialog && root.scrollWidth > innerWidth) {
		found.add(`the page is ${root.scrollWidth} px wide in a window of ${innerWidth}`);
		for (const e of scope.querySelectorAll("*")) {
			const box = e.getBoundingClientRect();
			if (box.right > innerWidth + 1 && box.width && seen(e) && !e.parentElement.closest("pre, .tw, .picture, svg, .skip")) found.add(`sticks out to ${Math.round(box.right)} px: ${name(e)}`);
		}
	}

	// What scrolls can be scrolled with the keyboard, in every browser.
	for (const e of scope.querySelectorAll("*")) {
		if (!seen(e) || !/auto|scroll/.test(style(e).overflowX + style(e).overflowY)) continue;
		if (e.scrollWidth <= e.clientWidth + 1 && e.scrollHeight <= e.clientHeight + 1) continue;
		if (e.tabIndex < 0 && !e.querySelector("a[href], button, input, summary")) found.add(`scrolls, and the keyboard cannot get there: ${name(e)}`);
	}

	// Text that ends where its box ends, without anything to scroll.
	for (const e of scope.querySelectorAll("p, li, td, th, figcaption, h1, h2, h3, h4, summary, button, .name, a.home")) {
		if (seen(e) && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 && style(e).overflowX == "hidden" && style(e).color != "rgba(0, 0, 0, 0)") found.add(`text is cut off: ${name(e)}`);
	}

	// What is clicked is at least 24 px high and wide, text in a line apart.
	for (const e of scope.querySelectorAll("button, summary, nav a, .pn a, .bar a, label")) {
		const box = e.getBoundingClientRect();
		if (seen(e) && box.width && (box.height < 23.5 || box.width < 23.5)) found.add(`${Math.round(box.width)} by ${Math.round(box.height)} px is too small to hit: ${name(e)}`);
	}

	// Text stands out from its ground: 4.5 to 1, and 3 to 1 where it is large.
	const colour = (text) => {
		const m = text.match(/^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/);
		if (m) return [+m[1], +m[2], +m[3], m[4] === undefined ? 1 : +m[4]];
		const s = text.match(/^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.]+))?\)$/);
		return s ? [255 * s[1], 255 * s[2], 255 * s[3], s[4] === undefined ? 1 : +s[4]] : null;
	};
	const over = (top, under, a = top[3]) => [0, 1, 2].map((i) => top[i] * a + under[i] * (1 - a));
	const ground = (e) => {
		const layers = [];
		let opacity = 1;
		for (let at = e; at; at = at.parentElement) {
			const c = colour(style(at).backgroundColor);
			if (c && c[3] > 0) { layers.push(c); if (c[3] == 1) break; }
			if (at.tagName == "DIALOG") break;
		}
		return layers.reverse().reduce((under, top) => over(top, under), colour(style(document.body).backgroundColor).slice(0, 3));
	};
	const luminance = (c) => [.2126, .7152, .0722].reduce((sum, w, i) => { const v = c[i] / 255; return sum + w * (v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); }, 0);
	const contrast = (a, b) => { const x = luminance(a), y = luminance(b); return (Math.max(x, y) + .05) / (Math.min(x, y) + .05); };
	const asked = new Map();
	const walker = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const text = walker.currentNode, e = text.parentElement;
		if (!text.data.trim() || !seen(e) || e.closest("svg, option")) continue;
		const s = style(e), ink = colour(s.color);
		if (!ink || ink[3] == 0) { if (!ink) found.add(`a colour that is not understood: ${s.color}`); continue; }
		let opacity = ink[3];
		for (let at = e; at; at = at.parentElement) opacity *= +style(at).opacity;
		const paper = ground(e), key = [s.color, opacity, paper, s.fontSize, s.fontWeight].join();
		if (asked.has(key)) continue;
		asked.set(key, true);
		const px = parseFloat(s.fontSize), large = px >= 24 || px >= 18.66 && +s.fontWeight >= 700;
		const is = contrast(over(ink, paper, opacity), paper);
		if (is < (large ? 3 : 4.5)) found.add(`contrast of ${is.toFixed(2)} to 1: ${name(e)}`);
	}

	// Pictures are drawn with the colours of the scheme: their text stands out
	// from the shape that lies under it.
	for (const e of scope.querySelectorAll("svg text")) {
		if (!seen(e)) continue;
		const box = e.getBoundingClientRect(), ink = colour(style(e).fill);
		if (!box.width || !ink) continue;
		let paper = ground(e.closest("svg").parentElement);
		for (const shape of e.closest("svg").querySelectorAll("rect")) {
			if (shape.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_PRECEDING) continue;
			const r = shape.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2, c = colour(style(shape).fill);
			if (c && x > r.left && x < r.right && y > r.top && y < r.bottom) paper = over(c, paper, c[3] * style(shape).fillOpacity * style(shape).opacity);
		}
		let opacity = ink[3] * style(e).fillOpacity;
		for (let at = e; at && at.tagName != "svg"; at = at.parentElement) opacity *= +style(at).opacity;
		const is = contrast(over(ink, paper, opacity), paper);
		if (is < 4.5) found.add(`contrast of ${is.toFixed(2)} to 1 in a picture: ${name(e)}`);
		const size = box.height;
		if (size < 8) found.add(`text of ${size.toFixed(1)} px in a picture: ${name(e)}`);
	}
	return [...found].slice(0, 12);
}
