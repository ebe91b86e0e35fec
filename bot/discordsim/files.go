package discordsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // the pictures whose size is told
	_ "image/jpeg"
	_ "image/png"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Files that people and the bot attach.

// The limits of files: how many a message has, how large each may be where
// nobody pays for more, and how large a request.
const (
	maxFiles   = 10
	maxFile    = 10 << 20
	maxRequest = 25 << 20
)

// File is a file that somebody attaches.
type File struct {
	Name        string
	Type        string // as in "image/png"; worked out from the name if empty
	Description string // what is said of a picture to those who cannot see it
	Data        []byte
}

// Attachment is a file of a message, or one that was handed to a command.
type Attachment struct {
	ID          string `json:"id"`
	Name        string `json:"filename"`
	Size        int    `json:"size"` // in bytes
	URL         string `json:"url"`
	ProxyURL    string `json:"proxy_url"`
	Type        string `json:"content_type,omitempty"`
	Description string `json:"description,omitempty"`
	Width       int    `json:"width,omitempty"` // of a picture, in pixels, as the next
	Height      int    `json:"height,omitempty"`
	Ephemeral   bool   `json:"ephemeral,omitempty"`
}

// attachmentMeta is what a request says of a file: of one that it uploads, by
// its number, or of one that a message keeps, by its ID.
type attachmentMeta struct {
	ID          json.RawMessage `json:"id"`
	Name        *string         `json:"filename"`
	Description *string         `json:"description"`
}

// upload is a file of a multipart request: files[n] has the number n.
type upload struct {
	number string
	File
}

// unsafe are the characters that Discord does not leave in the name of a file.
var unsafe = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// attach takes a file in, to be served at the attachment's URL. The caller
// holds mu.
func (s *Sim) attach(c *Channel, f File) Attachment {
	f.Name = unsafe.ReplaceAllString(f.Name, "_")
	if f.Type == "" {
		f.Type = mime.TypeByExtension(path.Ext(f.Name))
	}
	a := Attachment{ID: s.newID(), Name: f.Name, Size: len(f.Data), Type: f.Type, Description: f.Description}
	a.URL = s.URL() + "/attachments/" + c.ID + "/" + a.ID + "/" + url.PathEscape(a.Name)
	a.ProxyURL = a.URL
	if size, _, err := image.DecodeConfig(bytes.NewReader(f.Data)); err == nil {
		a.Width, a.Height = size.Width, size.Height
	}
	s.files[a.ID] = &f
	return a
}

// serveFile serves what is attached. Like Discord's it asks for no token: who
// knows the URL may read.
func (s *Sim) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f := s.files[r.PathValue("file")]
	s.mu.Unlock()
	if f == nil || f.Name != r.PathValue("name") {
		http.NotFound(w, r)
		return
	}
	if f.Type != "" {
		w.Header().Set("Content-Type", f.Type)
	}
	http.ServeContent(w, r, f.Name, time.Time{}, bytes.NewReader(f.Data))
}

// attachable says why a person could not attach the files, or nil.
func attachable(files []File) error {
	if len(files) > maxFiles {
		return fmt.Errorf("a message has at most %d files", maxFiles)
	}
	for _, f := range files {
		if len(f.Data) > maxFile {
			return fmt.Errorf("%s is larger than %d bytes", f.Name, maxFile)
		}
		if f.Name == "" {
			return errors.New("a file needs a name")
		}
	}
	return nil
}

// errTooLarge is a file beyond the limit.
var errTooLarge = errors.New("a file is too large")

// numbered is the name of the part of a form that holds a file.
var numbered = regexp.MustCompile(`^files\[(\d+)\]$`)

// readForm takes apart a multipart request: its payload_json, and its files in
// order.
func readForm(body []byte, boundary string) ([]byte, []upload, error) {
	form := multipart.NewReader(bytes.NewReader(body), boundary)
	var payload []byte
	var uploads []upload
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return payload, uploads, nil
		}
		if err != nil {
			return nil, nil, fmt.Errorf("form: %w", err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, nil, fmt.Errorf("form: %w", err)
		}
		if part.FormName() == "payload_json" {
			payload = data
			continue
		}
		if part.FileName() == "" {
			return nil, nil, fmt.Errorf("form: %s is neither payload_json nor a file", part.FormName())
		}
		if len(data) > maxFile {
			return nil, nil, errTooLarge
		}
		u := upload{File: File{Name: part.FileName(), Type: part.Header.Get("Content-Type"), Data: data}}
		if u.Type == "application/octet-stream" {
			u.Type = "" // what libraries write that know no better
		}
		if m := numbered.FindStringSubmatch(part.FormName()); m != nil {
			u.number = m[1]
		}
		uploads = append(uploads, u)
	}
}

// files checks the files of a message; had are those that it has already.
func (f *faultyForm) files(b messageBody, had []Attachment) {
	left := len(had)
	if b.Attachments != nil {
		left = 0
		for i, meta := range *b.Attachments {
			at := fmt.Sprintf("attachments.%d", i)
			id := nonceOf(meta.ID)
			uploaded := slices.ContainsFunc(b.uploads, func(u upload) bool { return u.number == id })
			kept := slices.ContainsFunc(had, func(a Attachment) bool { return a.ID == id })
			if kept {
				left++
			}
			if !uploaded && !kept {
				f.add(at+".id", "ATTACHMENT_NOT_FOUND", "Attachment data not found")
			}
			if meta.Description != nil {
				f.length(at+".description", *meta.Description, 0, 1024)
			}
		}
	}
	f.count("attachments", left+len(b.uploads), 0, maxFiles)
}

// setFiles gives a message the files that a request says. The caller holds mu.
func (s *Sim) setFiles(m *Message, b messageBody) {
	said := map[string]attachmentMeta{}
	if b.Attachments != nil {
		for _, meta := range *b.Attachments {
			said[nonceOf(meta.ID)] = meta
		}
		m.Attachments = slices.DeleteFunc(slices.Clone(m.Attachments), func(a Attachment) bool {
			_, kept := said[a.ID]
			return !kept
		})
	}
	for _, u := range b.uploads {
		meta := said[u.number]
		if meta.Name != nil {
			u.Name = *meta.Name
		}
		if meta.Description != nil {
			u.Description = *meta.Description
		}
		a := s.attach(m.channel, u.File)
		a.Ephemeral = m.Ephemeral
		m.Attachments = append(m.Attachments, a)
	}
}

// attached is how an embed points to a file of its own message.
const attached = "attachment://"

// showFiles replaces what points to a message's files in its embeds by their
// URLs.
func (m *Message) showFiles() {
	for _, e := range m.Embeds {
		for _, image := range []*EmbedImage{e.Image, e.Thumbnail} {
			if image == nil {
				continue
			}
			name, ok := strings.CutPrefix(image.URL, attached)
			for _, a := range m.Attachments {
				if ok && a.Name == name {
					image.URL = a.URL
				}
			}
		}
	}
}

// names lists what the files of a message will be called, so that its embeds
// can point to them.
func (b messageBody) names(had []Attachment) []string {
	var names []string
	for _, a := range had {
		names = append(names, a.Name)
	}
	for _, u := range b.uploads {
		name := u.Name
		if b.Attachments != nil {
			for _, meta := range *b.Attachments {
				if meta.Name != nil && nonceOf(meta.ID) == u.number {
					name = *meta.Name
				}
			}
		}
		names = append(names, unsafe.ReplaceAllString(name, "_"))
	}
	return names
}
