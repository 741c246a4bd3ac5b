package rule

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/env"
)

// Rule 规则 is a compiled condition. It does not change and may be used by many
// goroutines.
type Rule struct {
	text    string
	uses    []string
	program cel.Program
}

// Attribute 属性 is a value that a rule may ask for.
type Attribute struct {
	Key    string // as it is written in a rule: "visits", "form.area"
	Type   Type
	Max    int // characters of a text, entries of a list; 0 is 256 and 64
	ZH, EN string
}

// Type of an attribute.
type Type uint8

// The types.
const (
	Bool  Type = iota + 1
	Int        // whole number
	Text       //
	Texts      // list of texts
)

// Words gives the type's name for people.
func (t Type) Words() (zh, en string) {
	w := [...][2]string{{"", ""}, {"是否", "yes or no"}, {"整数", "whole number"}, {"文字", "text"}, {"多个文字", "list of texts"}}
	return w[t][0], w[t][1]
}

// Bounds of a rule.
const (
	MaxLength = 2000   // characters
	MaxCost   = 10_000 // steps of CEL's reckoning; a comparison is one
	maxDepth  = 40
)

// functions is all that a rule may call.
var functions = []string{"!_", "_&&_", "_||_", "_?_:_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "_+_", "_-_", "_*_", "_/_", "_%_",
	"-_", "@in", "size", "startsWith", "endsWith", "contains"}

// Compile reads a rule over attributes. The error is an *Error.
func Compile(text string, attributes []Attribute) (*Rule, error) {
	if n := utf8.RuneCountInString(text); n > MaxLength {
		return nil, whole(text, "too-long", fmt.Sprintf("规则最多%d个字符，现在有%d个", MaxLength, n), fmt.Sprintf("A rule has at most %d characters; this has %d", MaxLength, n))
	}
	if strings.TrimSpace(text) == "" {
		return nil, whole(text, "empty", "请写出规则", "Write the rule")
	}
	if !utf8.ValidString(text) {
		return nil, whole(text, "encoding", "规则中有无法识别的字符", "The rule holds bytes that are no characters")
	}
	e, err := language(attributes)
	if err != nil {
		return nil, fmt.Errorf("rule: attributes: %w", err)
	}
	ast, issues := e.Compile(text)
	if issues.Err() != nil {
		return nil, refused(text, issues.Errors())
	}
	if ast.OutputType() != cel.BoolType {
		return nil, whole(text, "no-condition", "规则的结果应当是“是”或者“否”，例如 visits == 0", "A rule has to be true or false, such as visits == 0")
	}
	bound, err := e.EstimateCost(ast, sizes(attributes))
	if err != nil {
		return nil, fmt.Errorf("rule: cost: %w", err)
	}
	if bound.Max > MaxCost {
		return nil, whole(text, "too-costly", "规则太复杂，计算量超出上限，请拆开或者简化", "The rule costs too much to reckon; split or simplify it")
	}
	p, err := e.Program(ast, cel.CostLimit(MaxCost))
	if err != nil {
		return nil, whole(text, "refused", "规则不能执行："+err.Error(), "The rule cannot be run: "+err.Error())
	}
	r := &Rule{text: text, program: p}
	for _, ref := range ast.NativeRep().ReferenceMap() {
		if ref.Name != "" && !slices.Contains(r.uses, ref.Name) {
			r.uses = append(r.uses, ref.Name)
		}
	}
	slices.Sort(r.uses)
	return r, nil
}

// Text is the rule as it was written.
func (r *Rule) Text() string { return r.text }

// Uses lists the attributes that the rule asks for, sorted.
func (r *Rule) Uses() []string { return slices.Clone(r.uses) }

// Eval answers the rule for values by attribute: bool, int, int64, string,
// []string. A value that is missing or of another type, a division by zero and
// whatever else cannot be answered is an error, if the answer depends on it.
func (r *Rule) Eval(values map[string]any) (bool, error) {
	out, _, err := r.program.Eval(values)
	if err != nil {
		return false, fmt.Errorf("rule: %w", err)
	}
	yes, ok := out.Value().(bool)
	if !ok {
		return false, fmt.Errorf("rule: the answer is no condition but %s", out.Type().TypeName())
	}
	return yes, nil
}

// language is CEL without loops, with the attributes as its variables.
func language(attributes []Attribute) (*cel.Env, error) {
	subset := env.NewLibrarySubset().SetDisableMacros(true)
	for _, f := range functions {
		subset.AddIncludedFunctions(env.NewFunction(f))
	}
	options := []cel.EnvOption{cel.StdLib(cel.StdLibSubset(subset)), cel.ClearMacros(), cel.HomogeneousAggregateLiterals(),
		cel.ParserExpressionSizeLimit(4 * MaxLength), cel.ParserRecursionLimit(maxDepth), cel.ParserErrorRecoveryLimit(4)}
	types := [...]*cel.Type{Bool: cel.BoolType, Int: cel.IntType, Text: cel.StringType, Texts: cel.ListType(cel.StringType)}
	for _, a := range attributes {
		options = append(options, cel.Variable(a.Key, types[a.Type]))
	}
	return cel.NewCustomEnv(options...)
}

// sizes tells CEL's reckoning how large an attribute can be.
type sizes []Attribute

// EstimateSize is for CEL.
func (s sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	path := n.Path()
	if len(path) == 0 {
		return nil
	}
	switch i := slices.IndexFunc(s, func(a Attribute) bool { return a.Key == path[0] }); {
	case i < 0:
		return nil
	case len(path) > 1: // an entry of a list
		return &cost.SizeEstimate{Max: defaultText}
	case s[i].Max > 0:
		return &cost.SizeEstimate{Max: uint64(s[i].Max)}
	case s[i].Type == Texts:
		return &cost.SizeEstimate{Max: defaultList}
	}
	return &cost.SizeEstimate{Max: defaultText}
}

// EstimateCallCost is for CEL.
func (s sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

const (
	defaultText = 256
	defaultList = 64
)
