package site

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestTame(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`<kbd>`, `<kbd>`},
		{`<DETAILS Markdown  open><summary>x</summary>`, `<DETAILS Markdown  open><summary>x</summary>`}, // as it is written
		{`<script>alert(1)</script>a`, `a`},
		{`</script>`, ``},
		{`<ScRiPt src=x>`, ``},
		{"<a href=\"java\n\tscript:x\" id=a>", `<a id="a">`},
		{`<a href="java&#x0A;script&colon;x">`, `<a>`},
		{`<img src="data:image/png;base64,AA==">`, `<img src="data:image/png;base64,AA==">`},
		{`<svg><animate attributeName=href values="javascript:x"/></svg>`, `<svg><animate attributename="href"/></svg>`},
		{`<p/onclick=x>`, `<p>`},
		{`<p title="`, `&lt;p title=&#34;`},
		{`a < b`, `a < b`},
		{`<!-- <script> -->`, `<!-- <script> -->`},
		{`<iframe src=x><p>for old browsers</iframe>b`, `b`},
		{`<meta http-equiv=refresh content="0;url=x">`, ``},
		{`<td style="color:red" class=c>`, `<td class="c">`},
	} {
		if got := tame([]byte(tt.in)).html; string(got) != tt.want {
			t.Errorf("%s: got %s, want %s", tt.in, got, tt.want)
		}
	}
}

// What is left acts no more, and is left as it is.
func FuzzTame(f *testing.F) {
	for _, seed := range []string{`<a b=c onload=d>`, `<script>x</script>`, `<p title="`, `<!-- -->`, `<svg onload=x><a xlink:href="javascript:y">`, `<textarea><script>`, `<title><style>`, `<a<b onclick=c>`, `<!doctype x>`, `<?x?>`, `<![CDATA[<script>]]>`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		once := tame(raw).html
		if twice := tame(once); !bytes.Equal(once, twice.html) {
			t.Errorf("%q: %q, then %q (%q)", raw, once, twice.html, twice.out)
		}
		z := html.NewTokenizer(bytes.NewReader(once))
		for z.Next() != html.ErrorToken {
			tag := z.Token()
			if tag.Type == html.TextToken || tag.Type == html.CommentToken || tag.Type == html.DoctypeToken {
				continue
			}
			if leftOut[strings.ToLower(tag.Data)] {
				t.Errorf("%q: %q has <%s>", raw, once, tag.Data)
			}
			for _, a := range tag.Attr {
				if acts(a) {
					t.Errorf("%q: %q has %s=%q", raw, once, a.Key, a.Val)
				}
			}
		}
	})
}
