package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The demo as people use it: its page in a real browser, with the mouse and the
// keyboard. With -update the pictures of README.md are taken on the way.

// browser is a page of the demo in Chromium.
type browser struct {
	t   *testing.T
	ctx context.Context
}

// browse opens the demo in Chromium, as asha in #general.
func browse(t *testing.T) *browser {
	t.Helper()
	t.Parallel()
	if os.Getenv("LONG") == "" {
		t.Skip("a browser takes some seconds: set LONG=1")
	}
	chromium := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && chromium == "" {
			chromium = path
		}
	}
	if chromium == "" {
		t.Skip("there is no Chromium to open the demo with")
	}
	address, _ := startDemo(t)
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium))
	if os.Getuid() == 0 { // whom Chromium gives no sandbox
		opts = append(opts, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	ctx, end := chromedp.NewExecAllocator(ctx, opts...)
	ctx, leave := chromedp.NewContext(ctx)
	b := &browser{t, ctx}
	var watching sync.WaitGroup
	t.Cleanup(func() {
		leave()
		end()
		cancel()
		watching.Wait()
	})
	b.do(chromedp.EmulateViewport(1200, 800))
	b.media("prefers-reduced-motion", "reduce")
	// What is loaded from elsewhere, refused by the policy of the page or wrong in
	// its scripts fails the test.
	requests, console := chromedp.Events(ctx, network.RequestWillBeSent), chromedp.Console(ctx)
	watching.Go(func() {
		for e, err := range requests {
			if err != nil {
				return
			}
			if !strings.HasPrefix(e.Request.URL, address+"/") {
				t.Errorf("the page asks for %s", e.Request.URL)
			}
		}
	})
	watching.Go(func() {
		for m, err := range console {
			if err != nil {
				return
			}
			// A refusal of the demo is told to the person; the browser notes it, too.
			if m.IsException() || m.Type == "error" && !strings.Contains(m.Text, "422") {
				t.Errorf("the page complains: %v", m)
			}
		}
	})
	b.do(chromedp.Navigate(address))
	b.sees("Hello! Ask me about careers")
	return b
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		focus, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.activeElement.outerHTML.slice(0, 300)`))
		b.t.Fatalf("%v; the focus is on %s; the page shows:\n%s", err, focus, b.text())
	}
}

// media sets what the system of the visitor prefers.
func (b *browser) media(name, value string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-reduced-motion", Value: "reduce"}, {Name: name, Value: value},
	}})
	if err != nil {
		b.t.Fatal(err)
	}
}

// text is what a person can read on the page.
func (b *browser) text() string {
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.body.innerText`))
	if err != nil {
		return err.Error()
	}
	return text
}

// until waits until an expression is true on the page.
func (b *browser) until(expression string, args ...any) {
	b.t.Helper()
	quoted := make([]any, len(args))
	for i, a := range args {
		raw, err := json.Marshal(a)
		if err != nil {
			b.t.Fatal(err)
		}
		quoted[i] = string(raw)
	}
	b.do(chromedp.Poll[chromedp.Void](fmt.Sprintf(expression, quoted...)))
}

// sees waits until the open channel, or the dialog over it, shows a text.
func (b *browser) sees(text string) {
	b.t.Helper()
	b.until(`[...document.querySelectorAll('#log, dialog')].some(e => e.innerText.includes(%s))`, text)
}

// press clicks on the last control with that text, or whose text begins so, as
// soon as it is there. An open dialog or menu hides the others.
func (b *browser) press(text string) {
	b.t.Helper()
	const find = `(() => {
		const over = document.querySelector('dialog, .menu') ?? document;
		const all = [...over.querySelectorAll('button, label.person, textarea')].filter(e => e.checkVisibility() && !e.disabled);
		const text = e => (e.querySelector('.person strong') ?? e).innerText.trim();
		const found = all.filter(e => text(e) === %[1]s).at(-1) ?? all.filter(e => text(e).startsWith(%[1]s) || e.ariaLabel === %[1]s || e.placeholder === %[1]s).at(-1);
		if (!found) return null;
		found.scrollIntoView({block: 'nearest'});
		const r = found.getBoundingClientRect(), at = [r.x + r.width / 2, r.y + r.height / 2];
		const still = String(window.lastAt) === String(at); // since the last frame
		window.lastAt = at;
		return still && found.contains(document.elementFromPoint(...at)) ? at : null;
	})()`
	raw, err := json.Marshal(text)
	if err != nil {
		b.t.Fatal(err)
	}
	at, err := chromedp.Run(b.ctx, chromedp.Poll[[]float64](fmt.Sprintf(find, raw)))
	if err != nil {
		b.t.Fatalf("there is no %q to press: %v; the page shows:\n%s", text, err, b.text())
	}
	b.do(chromedp.MouseClickXY(at[0], at[1]))
}

// become changes to another person.
func (b *browser) become(name string) {
	b.t.Helper()
	b.press(name)
	b.until(`document.title.includes(' · ' + %s + ' · ')`, name)
}

// open goes to a channel.
func (b *browser) open(name string) {
	b.t.Helper()
	b.until(`[...document.querySelectorAll('#channels button')].find(c => c.innerText.includes(%s))?.click() ?? true`, name)
	b.until(`document.querySelector('#where').textContent.includes(%s)`, name)
}

// types presses the keys of a text.
func (b *browser) types(keys string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys))
}

// suggested waits until a suggestion is offered as the one that Enter takes.
func (b *browser) suggested(text string) {
	b.t.Helper()
	b.until(`document.querySelector('#suggestions [aria-selected="true"]')?.innerText.startsWith(%s)`, text)
}

// backTo goes back with the keyboard to a button of the last message.
func (b *browser) backTo(text string) {
	b.t.Helper()
	for range 10 {
		b.do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)))
		at, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.activeElement.textContent`))
		if err != nil || at == text {
			return
		}
	}
	b.t.Fatalf("%q cannot be reached with the keyboard", text)
}

// snap takes a picture for README.md, if they are to be taken anew.
func (b *browser) snap(name string) {
	b.t.Helper()
	if !*update {
		return
	}
	b.until(`[...document.images].every(i => i.complete)`)
	raw, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		b.t.Fatal(err)
	}
	var small bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, inFewColours(img)); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile("../../docs/pictures/"+name+".png", small.Bytes(), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// inFewColours is a picture of a page, which has few colours but many shades
// between them, in a third of the size: of those that are alike the one is taken
// that there is most of.
func inFewColours(img image.Image) image.Image {
	count := map[color.RGBA]int{}
	at := img.Bounds()
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			count[color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)]++
		}
	}
	often := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int { return count[b] - count[a] })
	var few color.Palette
	alike := map[color.RGBA]bool{}
	for _, c := range often {
		about := color.RGBA{c.R >> 4, c.G >> 4, c.B >> 4, 255}
		if !alike[about] && len(few) < 256 {
			alike[about] = true
			few = append(few, c)
		}
	}
	small := image.NewPaletted(at, few)
	draw.Draw(small, at, img, at.Min, draw.Src)
	return small
}

// A member asks by the keyboard alone, goes on from the answer, and presses a
// button.
func TestBrowserAsk(t *testing.T) {
	b := browse(t)
	b.types("/ask")
	b.suggested("/ask")
	b.types(kb.Enter)
	b.types("how much do freshers earn?")
	b.suggested("") // questions that are held
	b.types(kb.Escape)
	b.types(kb.Enter)
	b.sees("asha used /ask")
	b.sees("₹1,23,000 a year")
	b.until(`(i => i?.naturalWidth > 0 && i.alt.includes('4,86,091'))(document.querySelector('.embed .image img'))`)
	b.snap("ask")

	b.until(`document.activeElement.id === 'text'`)
	b.types("@Care")
	b.suggested("@Careerbot")
	b.types(kb.Enter)
	b.types("and do I need a masters?")
	b.types(kb.Enter)
	b.sees("A master's degree is not essential")

	// Back from where one writes lie the buttons of the last answer.
	b.until(`document.activeElement.id === 'text'`)
	b.backTo("Not helpful")
	b.types(kb.Enter)
	b.sees("Only you can see this")
	b.until(`document.activeElement.textContent === 'Not helpful'`)

	b.press("Skills")
	b.sees("Back-end developer · Skills")
	b.press("Follow up")
	b.until(`document.activeElement.closest('dialog') !== null`)
	b.types("and what does it pay?")
	b.types(kb.Enter)
	b.sees("Payscale puts the average pay")
	b.until(`document.querySelector('dialog') === null`)
}

// A member has themselves told of jobs, and in the morning is told.
func TestBrowserAlerts(t *testing.T) {
	b := browse(t)
	b.open("careers")
	b.press("Write to #careers")
	b.types("/subscribe")
	b.suggested("/subscribe")
	b.types(kb.Enter)
	b.until(`document.activeElement.id === 'option-career'`)
	b.types("back")
	b.suggested("Back-end developer")
	b.types(kb.Enter)
	b.until(`document.activeElement.value === 'Back-end developer'`)
	b.types(kb.Enter)
	b.sees("Your alert, not saved yet")
	b.press("Kind, level, pay")
	b.until(`document.activeElement.type === 'checkbox' && document.activeElement.labels[0].textContent === 'Full-time'`)
	b.types(" ") // takes it
	b.press("Send")
	b.sees("Kind full-time")
	b.press("Save")
	b.sees("I have sent you a confirmation")
	b.press("Now it is 9:00")
	b.until(`[...document.querySelectorAll('#channels .count')].some(c => parseInt(c.innerText) === 2)`)
	b.open("Careerbot")
	b.sees("2 new jobs for your alert Back-end developer")
	b.until(`document.querySelector('#clock').textContent.includes('09:00')`)
	b.snap("digest")
	b.press("Stop")
	b.sees("Stopped")
}

// A control that fails says so, and does not announce that it worked to those who
// hear the page.
func TestBrowserControlFails(t *testing.T) {
	b := browse(t)
	const status = `document.querySelector('#status').textContent === %s`
	b.press("A new job is posted")
	b.until(status, "A new job was posted.")
	b.do(chromedp.Evaluate[chromedp.Void](`void (window.fetch = () => Promise.reject(new Error('no network')))`))
	b.press("A new job is posted")
	b.until(`document.querySelector('#notice').textContent.includes(%s) && !document.querySelector('#post-job[aria-busy]')`, "The demo does not answer.")
	b.until(status, "")
}

// What the bot could not answer a moderator answers, and who asked is told.
func TestBrowserQueue(t *testing.T) {
	b := browse(t)
	b.become("ravi")
	b.press("Ask what it does not know")
	b.sees("I have nothing on overtime, night shifts and on-call duty yet")
	b.press("Tell me when you know")
	b.sees("Only you can see this")

	b.become("meera")
	b.press("Answer it as a moderator")
	b.sees("do back-end developers work night shifts?")
	b.press("Answer")
	b.until(`document.activeElement.closest('dialog') !== null`)
	b.types(kb.Tab + kb.Tab)
	b.until(`document.activeElement.labels?.[0].textContent.startsWith('Answer')`)
	b.types("Now and then: those who look after a service take turns at being on call.")
	b.press("Send")
	b.sees("Nothing of this is live until somebody presses Publish.")
	b.snap("moderate")
	b.press("Publish")
	b.sees("I tell 1 person who asked for it.")
	b.until(`document.querySelector('.person .dot')?.closest('.person').innerText.includes('ravi')`)

	b.become("ravi")
	b.open("general")
	b.sees("take turns at being on call")
	b.until(`document.querySelector('.message.pings .mention.mine')?.textContent === '@ravi'`)
}

// The things to try can be done in their order and do what they say, also when
// more is waiting for the moderators.
func TestBrowserThingsToTry(t *testing.T) {
	b := browse(t)
	for range 2 { // asked more often than what the steps ask
		b.press("Write to #general")
		b.types("@Careerbot do back-end developers get free lunch?" + kb.Enter)
		b.until(`document.querySelector('#text').value === ''`)
	}
	b.press("Ask what the job pays")
	b.sees("₹1,23,000 a year")
	b.press("Go on from there")
	b.sees("A master's degree is not essential")

	b.press("Ask what it does not know")
	b.sees("I have nothing on overtime, night shifts and on-call duty yet")
	b.press("Tell me when you know")
	b.sees("Only you can see this")

	b.press("Answer it as a moderator")
	b.sees("free lunch")
	b.press("Next")
	b.sees("do back-end developers work night shifts?")
	b.press("Answer")
	b.until(`document.activeElement.closest('dialog') !== null`)
	b.types(kb.Tab + kb.Tab)
	b.until(`document.activeElement.labels?.[0].textContent.startsWith('Answer')`)
	b.types("Now and then: those who look after a service take turns at being on call.")
	b.press("Send")
	b.sees("Nothing of this is live until somebody presses Publish.")
	b.press("Publish")
	b.sees("I tell 1 person who asked for it.")

	b.press("See how it goes")
	b.until(`document.querySelector('.embed .image img')?.naturalWidth > 0`)
	b.press("Look for jobs")
	b.sees("Tell me of new ones")
	b.press("Be told of new ones")
	b.sees("Your alert, not saved yet")
	b.press("Save")
	b.sees("I have sent you a confirmation")
	b.press("Let it be nine")
	b.sees("2 new jobs for your alert Back-end developer")
	b.until(`document.querySelectorAll('#examples .done').length === document.querySelectorAll('#examples button').length`)
	b.become("ravi")
	b.open("general")
	b.sees("take turns at being on call")
}

// Whoever the visitor becomes sees what that person may see, and nothing else.
func TestBrowserSwitch(t *testing.T) {
	b := browse(t)
	b.press("Look for jobs")
	b.sees("Tell me of new ones")
	b.open("Careerbot")
	b.press("Write to Careerbot")
	b.types("what is a back-end developer?")
	b.types(kb.Enter)
	b.sees("server side of web applications")

	for _, person := range []string{"meera", "ravi"} {
		b.become(person)
		b.open("careers")
		b.sees("Nothing was written here yet.")
		b.open("Careerbot")
		b.sees("Write to the bot here, and it answers you alone.")
	}
	b.until(`![...document.querySelectorAll('#channels button')].some(c => c.innerText.includes('mods'))`)
	b.become("asha")
	b.open("careers")
	b.sees("Tell me of new ones")
}

// What somebody has begun to write is theirs, and waits where it was.
func TestBrowserDrafts(t *testing.T) {
	b := browse(t)
	const draft = `document.querySelector('#text').value === %s`
	b.press("Write to #general")
	b.types("I am asha")
	b.open("careers")
	b.until(draft, "")
	b.become("ravi")
	b.open("general")
	b.until(draft, "")
	b.press("Write to #general")
	b.types("I am ravi" + kb.Enter)
	b.sees("I am ravi")
	b.until(draft, "")
	b.become("asha")
	b.until(draft, "I am asha")
	b.press("Write to #general")
	b.types(kb.Enter)
	b.sees("I am asha")
	b.open("careers")
	b.open("general")
	b.until(draft, "")
}

// What can be done with a message is in its menu, which the keyboard opens, too.
func TestBrowserMenu(t *testing.T) {
	b := browse(t)
	b.press("Write to #general")
	b.types("which skills does one need?")
	b.types(kb.Enter)
	b.sees("which skills does one need?")
	b.until(`([...document.querySelectorAll('.message')].at(-1).querySelector('.more').focus(), true)`)
	b.types(kb.Enter)
	b.until(`document.activeElement.textContent === 'Reply'`)
	b.types(kb.ArrowDown)
	b.until(`document.activeElement.textContent === 'Edit'`)
	b.types(kb.Enter)
	b.until(`document.activeElement.id === 'edited'`)
	b.types(" For back-end developers, I mean.")
	b.press("Save")
	b.sees("I mean. (edited)")

	b.become("ravi")
	b.until(`([...document.querySelectorAll('.message')].at(-1).querySelector('.more').focus(), true)`)
	b.types(kb.Enter)
	b.press("Ask about this")
	b.sees("Back-end developer · Skills")
	b.sees("Only you can see this")
	b.types("/kb")
	b.until(`document.querySelector('#suggestions').hidden`) // that is for moderators
}

// A command that takes no options is given with Enter and left with Escape.
// Whatever else is typed then neither gives it nor is posted.
func TestBrowserBareCommand(t *testing.T) {
	b := browse(t)
	b.types("/alerts list")
	b.suggested("/alerts list")
	b.types(kb.Enter)
	b.until(`document.activeElement.closest('#command')?.ariaLabel === '/alerts list'`)
	b.types("not a word of this")
	b.until(`document.querySelector('#text').value === ''`)
	b.types(kb.Escape)
	b.until(`document.activeElement.id === 'text' && document.querySelector('#command').hidden`)
	b.types("/alerts list" + kb.Enter)
	b.until(`document.activeElement.closest('#command') !== null`)
	b.types(kb.Enter)
	b.sees("Only you can see this")
	b.until(`document.querySelectorAll('#log .message').length === 2`) // with the greeting
	b.until(`document.activeElement.id === 'text'`)
}

// A name of a field is one line: what looks like the number of a list stays, as
// the buttons below tell of it.
func TestBrowserNumbers(t *testing.T) {
	b := browse(t)
	b.press("Be told of new ones")
	b.sees("not saved yet")
	b.press("Save")
	b.sees("I have sent you a confirmation")
	b.press("Write to #careers")
	b.types("/alerts list" + kb.Enter)
	b.until(`document.activeElement.closest('#command') !== null`)
	b.types(kb.Enter)
	b.until(`[...document.querySelectorAll('dt')].some(e => e.innerText.startsWith('1. Back-end developer'))`)
	b.until(`[...document.querySelectorAll('#log button')].some(e => e.innerText === 'Delete 1')`)
}

// What people write is shown as text, whatever it looks like.
func TestBrowserHostileText(t *testing.T) {
	b := browse(t)
	b.press("Write to #general")
	hostile := `<img src=x onerror=alert(1)> <script>alert(1)</script> [a link](javascript:alert(1)) **<b>bold</b>** https://example.org/"onclick=alert(1)`
	b.types(hostile)
	b.types(kb.Enter)
	b.sees(`<img src=x onerror=alert(1)> <script>alert(1)</script> [a link](javascript:alert(1)) <b>bold</b>`)
	b.until(`document.querySelectorAll('#log script, #log b, #log .text img, #log [onclick], #log a[href^="javascript"]').length === 0`)
	b.until(`[...document.querySelectorAll('#log .text a')].at(-1).getAttribute('href').startsWith('https://example.org/')`)
}

// On a phone nothing is wider than the screen, and the rest is in drawers.
func TestBrowserPhone(t *testing.T) {
	b := browse(t)
	b.do(chromedp.EmulateViewport(360, 740, chromedp.EmulateScale(2)))
	b.media("prefers-color-scheme", "dark")
	fits := func() {
		t.Helper()
		b.until(`[...document.querySelectorAll('body, .main, #log, .message, .embed, .row, .composer, dialog')].every(e => e.scrollWidth <= 360 && e.getBoundingClientRect().right <= 360.5)`)
	}
	fits()
	b.press("Things to try")
	b.press("Ask what the job pays")
	b.sees("₹1,23,000 a year")
	fits()
	b.snap("phone")
	b.press("Places and people")
	b.press("meera")
	b.until(`document.title.includes(' · meera · ')`)
	b.press("Things to try")
	b.press("Answer it as a moderator")
	b.sees("Nothing waits for an answer")
	fits()
	b.until(`(document.querySelector('#text').focus(), true)`)
	b.types("/kb add")
	b.suggested("/kb add")
	b.types(kb.Enter)
	b.until(`document.querySelector('#command').checkVisibility()`)
	fits()
}

// Whatever can be used has a name that a screen reader can say, and the parts of
// the page can be found by what they are.
func TestBrowserNames(t *testing.T) {
	b := browse(t)
	b.press("Ask what the job pays")
	b.sees("₹1,23,000 a year")
	b.press("Follow up")
	b.until(`document.activeElement.closest('dialog') !== null`)
	check := func(landmarks ...string) {
		t.Helper()
		tree, err := chromedp.Run(b.ctx, func(ctx context.Context, _ *chromedp.Target) (accessibility.GetFullAXTreeResult, error) {
			return chromedp.Call(ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		})
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]int{}
		for _, n := range tree.Nodes {
			if n.Ignored || n.Role == nil {
				continue
			}
			var role, name string
			if err := json.Unmarshal(n.Role.Value, &role); err != nil {
				t.Fatal(err)
			}
			if n.Name != nil {
				_ = json.Unmarshal(n.Name.Value, &name) // without one there is none
			}
			found[role]++
			switch role {
			case "button", "textbox", "combobox", "link", "radio", "checkbox", "dialog", "log", "navigation", "complementary", "listbox", "image", "article":
				if strings.TrimSpace(name) == "" {
					t.Errorf("a %s has no name", role)
				}
			}
		}
		for _, role := range landmarks {
			if found[role] == 0 {
				t.Errorf("there is no %s among %v", role, found)
			}
		}
	}
	check("dialog", "textbox")
	b.press("Cancel")
	b.until(`document.querySelector('dialog') === null`)
	check("main", "navigation", "complementary", "log", "article", "radio", "combobox", "heading", "status")
}
