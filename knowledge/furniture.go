package knowledge

import (
	"regexp"
	"strings"
)

// line is a form of lines that are no knowledge, and what they are instead.
type line struct {
	why  string
	form func() *regexp.Regexp
}

// pageSentences are those that a page says of itself.
var pageSentences = []line{
	{"thanks for subscribing", begins(`thank(?:s| you)\b.*(?:subscrib|sign|regist|join|interest|read|visit|feedback)`)},
	{"an invitation to subscribe", begins(`(?:please )?(?:subscribe\b|sign up\b|sign in\b|log ?in\b|register (?:now|today|here|with|for free)|join (?:us|now|free|our (?:community|newsletter|mailing))\b|create (?:an?|your) (?:free )?(?:account|alert|profile|job alert)|(?:get|receive|stay)\b.*\b(?:inbox|job alerts?|newsletters?|by e-?mail)\b|never miss|be the first to (?:know|hear|apply)|set up (?:an? )?(?:job )?alerts?|e-?mail me|notify me)`)},
	{"a note on cookies", begins(`(?:we|this (?:web)?site|our (?:web)?site|our partners)\b.*\bcookies?\b.*|by (?:subscribing|signing up|clicking|registering|continuing|submitting|using this)\b`)},
	{"a legal line", begins(`(?:©|\(c\)|copyright\b)|.*\ball rights reserved`)},
	{"an invitation to share", begins(`follow us\b|(?:was|did you find) this (?:page |article |guide )?(?:helpful|useful)|rate this|leave a (?:comment|reply)`)},
	{"a caption", begins(`(?:image|photo|picture|video|illustration|infographic|screenshot|graphic) ?(?:description|credit|source|courtesy|caption)?(?: \d+)?\s*[:;–—-]|(?:image|photo|picture|video) (?:description|credit|courtesy|caption|by)\b|(?:credits?)\s*:|.*\b(?:getty images|shutterstock|unsplash|istock(?:photo)?|pexels|pixabay|adobe stock)\b`)},
}

// pageLabels are what stands on buttons, links and forms. Sentences are not
// held against them.
var pageLabels = []line{
	{"a form", begins(`(?:enter |type )(?:your )?(?:e-?mail|name|phone|postcode|location|details|job title)\b|(?:your )?(?:e-?mail(?: address)?|(?:first |last |full )?name|phone(?: number)?|postcode|password|job title|keywords?)\s*\*?:?$|submit$|search$|search (?:for )?jobs\b|upload (?:your )?(?:cv|resume|résumé)\b|what (?:job|position) are you looking for`)},
	{"a note on cookies", begins(`cookies?(?: (?:policy|settings|preferences|notice|consent))?$|(?:accept|reject|allow|decline|manage)(?: all)?(?: cookies| preferences)?$|manage (?:your )?(?:cookie|privacy|consent)`)},
	{"a legal line", begins(`(?:privacy|cookie|terms)(?: (?:policy|notice|statement|settings|of (?:use|service)|and conditions|& conditions))?$|terms (?:and|&) conditions|disclaimer\b`)},
	{"a button", begins(`(?:find|search|browse|explore|view|see|discover|show|check out|look for|get|apply for|apply to|hire)\b(?: \S+){0,6} (?:jobs?|vacanc(?:y|ies)|openings?|roles|positions|opportunit(?:y|ies)|listings|candidates|careers|salaries|courses)(?: near you| now| today| here)?$`)},
	{"a button", begins(`(?:apply|start|learn|read|see|view|show|load|find out|discover|explore|get|download|watch|click|tap|contact|book|try|buy|shop|browse|go)(?: \S+)? (?:now|more|all|less|here|started|today|us|free|app|brochure|video)$|(?:next|previous|back|home|menu|close|share|print|save|copy link|reply|like|follow|apply|continue|skip|cancel|more|loading|view|ok|advertisement|sponsored|ad)$`)},
	{"a button", begins(`(?:ready to|looking for|hiring|post a job|for employers|are you (?:hiring|looking)|take the (?:quiz|test)|start your (?:search|career|journey)|browse all|view all|see all|back to (?:top|home|all)|skip to|jump to|go to|download (?:our|the)|get the app)\b`)},
	{"a link to other pages", begins(`(?:related|similar|recommended|popular|trending|featured|latest|other|further|more)\b(?: \S+){0,3} (?:articles?|jobs?|posts?|searches|careers?|reading|stories|guides?|topics|roles|content|pages|links|videos|occupations|professions)$|(?:you (?:may|might) (?:also )?(?:like|be interested)|read (?:next|also|more)|see also|also read|up next|explore more|more (?:from|on|like|about))\b|top searches|jobs by\b|browse by\b`)},
	{"a way through the site", begins(`home\s*(?:[>»›/|→]|\\)|\S+(?: \S+){0,3}(?:\s+[>»›→/]\s+\S+(?: \S+){0,5}){2,}$|you are here`)},
	{"a table of contents", begins(`(?:table of )?contents?$|(?:on|in) this (?:page|article|guide|post)\b|what(?:'s|’s| is) (?:in|on) this (?:page|article|guide)|quick links|article contents`)},
	{"a byline", begins(`(?:written |reviewed |edited |posted |published |fact[- ]checked |medically reviewed )?by \S+(?: \S+){0,3}(?:\s*[|·•–—].*)?$|(?:last )?(?:updated|published|posted|modified|reviewed)(?: on)?\b[: ].*\d{4}|\d+ ?-?min(?:ute)?s?\.? (?:read|to read)|reading time|author\s*:|about the author`)},
	{"an invitation to share", begins(`share(?: (?:this|on|via|with)\b.*)?$|tweet$|(?:facebook|twitter|linkedin|instagram|whatsapp|youtube|pinterest|telegram)(?:\s*[,|/·•]?\s*(?:facebook|twitter|linkedin|instagram|whatsapp|youtube|pinterest|telegram|x|email))*$|\d+ (?:comments?|shares?|likes?|views?)$|comments?$`)},
	{"a caption", begins(`(?:photo|image)s?$`)},
}

// bulletLabels are what stands as a bullet that is no knowledge: bullets are
// shorter than paragraphs, and much that is a button elsewhere is a task here.
var bulletLabels = []line{
	{"a web address", begins(`(?:https?://|www\.)\S+$`)},
	{"a mark of the page", begins(`[^\pL\pN]*$`)},
	{"a legal line", begins(`(?:privacy|cookie) (?:policy|notice)$|terms of (?:use|service)$`)},
	{"an invitation to share", begins(`(?:facebook|twitter|linkedin|instagram|whatsapp|youtube|pinterest|telegram)$`)},
}

func begins(s string) func() *regexp.Regexp { return form(`(?i)^(?:` + s + `)`) }

// jobsLabel leads to vacancies, unless it is a heading.
var jobsLabel = begins(`\S+(?: \S+){0,4} (?:jobs|vacancies|openings)(?: (?:near (?:you|me)|in \S+(?: \S+)?))?$`)

// longestFurniture is the longest line that is held against furniture, in
// words.
const longestFurniture = 30

// furnitureOf says why a line, a bullet or not, is no knowledge; nothing if it
// may be.
func furnitureOf(text string, bullet bool) string {
	n := len(strings.Fields(text))
	if n > longestFurniture {
		return ""
	}
	tables := [][]line{bulletLabels}
	if !bullet {
		tables = append(tables, pageSentences)
		if !isSentence(text) {
			tables = append(tables, pageLabels)
		}
	}
	for _, table := range tables {
		for _, l := range table {
			if l.form().MatchString(text) {
				return l.why
			}
		}
	}
	if !bullet && jobsLabel().MatchString(text) && topicOf(text) == "" {
		return "a button"
	}
	if !bullet && n <= 14 && isCaption(text) {
		return "a caption"
	}
	return ""
}

// isSentence holds for what is said with a verb and ends like a sentence.
func isSentence(text string) bool {
	return strings.ContainsAny(text[len(text)-1:], ".:") && len(strings.Fields(text)) > 4 && finiteVerb().MatchString(text)
}

// A caption tells what a picture shows: somebody, and what they are doing. It
// is no sentence: there is no verb in it but a participle.
var (
	captionOpening = begins(`(?:(?:an?|two|three|four|several|young|smiling|happy|female|male|elderly|middle-aged|focused|confident|professional|busy|concentrated|cheerful|asian|indian|african|mixed|group|team|close-?up|portrait|pair|couple)\s+)*(?:man|woman|men|women|person|people|businessman|businesswoman|businesspeople|lady|girl|boy|guy|student|students|colleagues|coworkers|co-workers|team|group|hands?|portrait|close-?up|couple|professionals?|worker|workers|employee|employees|smiling\s\S+|young\s\S+|female\s\S+|male\s\S+)\b`)
	captionWho     = begins(`(?:an?|two|three|four|several|young|smiling|happy|female|male|focused|confident|busy|cheerful)\s+(?:\S+\s+){0,3}?\S*[^s\s]\s+\pL+ing\b|(?:two|three|four|several)\s+(?:\S+\s+){0,2}?\pL+s\s+\pL+ing\b`)
	captionDoing   = begins(`(?:\pL[\pL-]* ){0,2}\pL[\pL-]*[^s\s] \pL+ing\b.*\.$`)
	finiteVerb     = words(`is|are|was|were|be|been|has|have|had|do|does|did|can|could|may|might|will|would|shall|should|must|needs?|earns?|works?|makes?|includes?|helps?|requires?|uses?|gets?|gives?|takes?|you|we|they|it|tends?|provides?|ensures?|creates?|manages?|enjoys?|likes?|loves?|wants?|starts?|begins?|becomes?|receives?|spends?|plays?|offers?|not|their`)
)

func isCaption(line string) bool {
	return (captionOpening().MatchString(line) || captionWho().MatchString(line) || captionDoing().MatchString(line)) && !finiteVerb().MatchString(line) && !strings.HasSuffix(line, ":")
}

// furnitureHeading opens a part of a page of which nothing is knowledge.
var furnitureHeading = begins(`(?:related|similar|recommended|popular|trending|featured|latest|more)\b.*(?:articles?|jobs?|posts?|searches|careers?|reading|stories|guides?|topics|links)|you (?:may|might) also|about the author|references$|sources$|bibliography|newsletter|subscribe|sign up|comments?$|share (?:this|on)|follow us|footer|cookie|privacy|contact us|table of contents|contents$|(?:on|in) this (?:page|article|guide)|read (?:next|more)`)

// pageTalk are sentences that speak of the page and not of the occupation.
var pageTalk = form(`(?i)\b(?:keep (?:on )?reading|read on\b|(?:in|throughout) this (?:article|guide|page|post|section)\b|(?:this|our) (?:article|guide|page|post) (?:will|covers|explains|explores|looks|discusses|provides|tells|outlines)|(?:click|tap) (?:here|below|the)|scroll down|below,? (?:we|you will|you'll|you can find)|here,? (?:you will|you'll|you can|we) (?:find|answer|list|explore|look|explain|have)|(?:we have|we've) (?:compiled|listed|answered|gathered)|check out our|sign up (?:for|to)|subscribe to)\b`)
