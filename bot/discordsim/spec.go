package discordsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Spec is Discord's own description of its API (OpenAPI 3.1), against which
// requests and answers can be checked. One Spec may serve many simulated
// Discords at a time.
type Spec struct {
	doc   map[string]any
	paths []specPath

	mu       sync.Mutex
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
}

// specPath is a path template of the description, cut into its segments.
type specPath struct {
	template string
	segments []string
}

// specURL names the description to the compiler of schemas.
const specURL = "https://discord.invalid/openapi.json"

// LoadSpec reads the description from a file.
func LoadSpec(name string) (*Spec, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("discordsim: %w", err)
	}
	defer f.Close()
	parsed, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		return nil, fmt.Errorf("discordsim: %s: %w", name, err)
	}
	doc, _ := parsed.(map[string]any)
	paths, _ := doc["paths"].(map[string]any)
	if len(paths) == 0 {
		return nil, fmt.Errorf("discordsim: %s describes no paths", name)
	}
	relax(doc)
	s := &Spec{doc: doc, compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}}
	s.compiler.AssertFormat()
	if err := s.compiler.AddResource(specURL, doc); err != nil {
		return nil, fmt.Errorf("discordsim: %s: %w", name, err)
	}
	for template := range paths {
		s.paths = append(s.paths, specPath{template, strings.Split(template, "/")})
	}
	// What is written out in a path comes before what is a parameter there.
	slices.SortFunc(s.paths, func(a, b specPath) int {
		if n := strings.Count(a.template, "{") - strings.Count(b.template, "{"); n != 0 {
			return n
		}
		return strings.Compare(a.template, b.template)
	})
	return s, nil
}

// relax mends what the description has wrong: it wants a number where its own
// explanation, and Discord, accept a string, and a string where the examples of
// Discord's documentation have the number of a file.
func relax(doc map[string]any) {
	components, _ := doc["components"].(map[string]any)
	schemas, _ := components["schemas"].(map[string]any)
	for _, schema := range schemas {
		schema, _ := schema.(map[string]any)
		properties, _ := schema["properties"].(map[string]any)
		if _, ok := properties["default_member_permissions"]; ok {
			properties["default_member_permissions"] = map[string]any{"type": []any{"integer", "string", "null"}}
		}
	}
	file, _ := schemas["MessageAttachmentRequest"].(map[string]any)
	if properties, ok := file["properties"].(map[string]any); ok {
		properties["id"] = map[string]any{"type": []any{"integer", "string"}}
	}
}

// find returns the template that a path fits, and its operation.
func (s *Spec) find(method, path string) (template string, operation map[string]any, err error) {
	segments := strings.Split(path, "/")
	for _, p := range s.paths {
		if !p.fits(segments) {
			continue
		}
		methods := s.doc["paths"].(map[string]any)[p.template].(map[string]any)
		if op, ok := methods[strings.ToLower(method)].(map[string]any); ok {
			return p.template, op, nil
		}
	}
	return "", nil, fmt.Errorf("there is no %s %s", method, path)
}

func (p specPath) fits(segments []string) bool {
	if len(segments) != len(p.segments) {
		return false
	}
	for i, want := range p.segments {
		if !strings.HasPrefix(want, "{") {
			if want != segments[i] {
				return false
			}
			continue
		}
		// Every parameter that is an ID is a number.
		if _, err := strconv.ParseUint(segments[i], 10, 64); err != nil && strings.HasSuffix(want, "_id}") {
			return false
		}
	}
	return true
}

// Request checks the JSON that a request sends.
func (s *Spec) Request(method, path string, body []byte) error {
	template, op, err := s.find(method, path)
	if err != nil {
		return err
	}
	wanted, _ := op["requestBody"].(map[string]any)
	content, _ := wanted["content"].(map[string]any)
	kind := slices.IndexFunc([]string{"application/json", "multipart/form-data"}, func(k string) bool { return content[k] != nil })
	if kind < 0 {
		if len(body) > 0 {
			return fmt.Errorf("%s %s takes no body", method, template)
		}
		return nil
	}
	if len(body) == 0 {
		if required, _ := wanted["required"].(bool); required {
			return fmt.Errorf("%s %s needs a body", method, template)
		}
		return nil
	}
	media := []string{"application/json", "multipart/form-data"}[kind]
	return s.check(body, "paths", template, strings.ToLower(method), "requestBody", "content", media, "schema")
}

// Answer checks the JSON of an answer to a request.
func (s *Spec) Answer(method, path string, status int, body []byte) error {
	template, op, err := s.find(method, path)
	if err != nil || status >= 400 {
		return err
	}
	answers, _ := op["responses"].(map[string]any)
	answer, ok := answers[strconv.Itoa(status)].(map[string]any)
	if !ok {
		return fmt.Errorf("%s %s never answers %d", method, template, status)
	}
	content, _ := answer["content"].(map[string]any)
	if content["application/json"] == nil {
		if len(body) > 0 {
			return fmt.Errorf("%s %s answers %d without a body", method, template, status)
		}
		return nil
	}
	return s.check(body, "paths", template, strings.ToLower(method), "responses", strconv.Itoa(status), "content", "application/json", "schema")
}

// check validates JSON against the schema at a place in the description.
func (s *Spec) check(body []byte, at ...string) error {
	schema, err := s.schema(at)
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	err = schema.Validate(v)
	var invalid *jsonschema.ValidationError
	if errors.As(err, &invalid) {
		detail, _ := json.Marshal(invalid.BasicOutput())
		return fmt.Errorf("%s: %.2000s", strings.Join(at[1:3], " "), detail)
	}
	return err
}

// pointer escapes what stands in a JSON pointer that is part of a URL.
var pointer = strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D", "@", "%40")

// schema compiles the schema at a place in the description, once.
func (s *Spec) schema(at []string) (*jsonschema.Schema, error) {
	ref := specURL + "#"
	for _, name := range at {
		ref += "/" + pointer.Replace(name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if schema := s.schemas[ref]; schema != nil {
		return schema, nil
	}
	schema, err := s.compiler.Compile(ref)
	if err != nil {
		return nil, fmt.Errorf("discordsim: %w", err)
	}
	s.schemas[ref] = schema
	return schema, nil
}
