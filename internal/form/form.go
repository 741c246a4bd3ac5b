package form

// Form 表单 is one compiled form. It does not change after Compile; what its
// methods hand out as pointers is read only.
type Form struct {
	title, titleEN string
	steps          []Step
	fields         []*Field // in the order of the steps
	byName         map[string]*Field
	formats        Formats
	check          *checker
	frozen         []byte
	published      []byte
	css            string
	hash           string
}

// Step 步骤 is one page of a form.
type Step struct {
	Key            string
	Title, TitleEN string
	Help, HelpEN   string
	Fields         []*Field
}

// Field 字段 is one question. Lengths count characters; Min and Max of a money
// field are fen.
type Field struct {
	Name           string
	Elem           string // data-element code 数据元, "" if none
	Type           Type
	Widget         Widget
	Format         string
	Title, TitleEN string
	Help, HelpEN   string
	Example        string // a right answer, for a hint
	Note           string // description: for stewards, not shown
	Unit, UnitEN   string
	Options        []Option
	Required       bool // holds while the field is asked
	MustAccept     bool // a box that has to be ticked (const: true)
	Sensitive      bool // masked on screens
	Show           *Cond
	Sources        []string
	Default        any
	MinLength      int
	MaxLength      int
	Min, Max, Step *float64 // Step is multipleOf
	MinItems       int
	MaxItems       int
	Patterns       []Pattern
	NotBefore      string   // name of the date field that this date may not precede
	Children       []*Field // columns of a table
	parent         *Field
}

// Option 选项 is one possible answer.
type Option struct {
	Value          string
	Label, LabelEN string
}

// Pattern is a regular expression (RE2) and the sentence shown when it fails.
type Pattern struct {
	Expr   string
	ZH, EN string
}

// Type of an answer.
type Type string

// The types. List is a list of option values, Rows a list of objects.
const (
	String  Type = "string"
	Integer Type = "integer"
	Number  Type = "number"
	Boolean Type = "boolean"
	List    Type = "list"
	Rows    Type = "rows"
)

// Widget 控件 says how a question is put.
type Widget string

// The widgets.
const (
	Text       Widget = "text"
	TextArea   Widget = "textarea"
	NumberBox  Widget = "number"
	DateBox    Widget = "date" // 年 月 日
	Radio      Widget = "radio"
	Select     Widget = "select"
	Checkbox   Widget = "checkbox"
	Checkboxes Widget = "checkboxes"
	IDNumber   Widget = "idnumber"
	USCC       Widget = "uscc"
	Phone      Widget = "phone"
	Address    Widget = "address"
	Money      Widget = "money" // typed in yuan, kept in fen
	Table      Widget = "table"
)

// Title is the form's name in Chinese and English.
func (f *Form) Title() (zh, en string) { return f.title, f.titleEN }

// Steps are the pages in order.
func (f *Form) Steps() []Step { return f.steps }

// Step finds a page by its key.
func (f *Form) Step(key string) (Step, bool) {
	for _, s := range f.steps {
		if s.Key == key {
			return s, true
		}
	}
	return Step{}, false
}

// Fields are all questions in the order of the form.
func (f *Form) Fields() []*Field { return f.fields }

// Field finds a question by name; nil if there is none.
func (f *Form) Field(name string) *Field { return f.byName[name] }

// Hash identifies the form's meaning: SHA-256 of Frozen, in hex.
func (f *Form) Hash() string { return f.hash }

// ID is the short name pages write into data-form, so that ShowCSS applies.
func (f *Form) ID() string { return f.hash[:16] }

// Frozen is the form in its own dialect with all elements written out. A
// published item keeps this text: compiled without any catalogue it gives the
// same form, whatever becomes of the elements.
func (f *Form) Frozen() []byte { return append([]byte(nil), f.frozen...) }

// SchemaJSON is a plain JSON Schema 2020-12 for API consumers. It accepts what
// Validate accepts, except x-not-before, which JSON Schema cannot say, and
// formats that the consumer's validator does not know.
func (f *Form) SchemaJSON() []byte { return append([]byte(nil), f.published...) }

// DataElements are the data-element codes of the form, in form order, each once.
func (f *Form) DataElements() []string {
	var out []string
	seen := map[string]bool{}
	for _, fd := range f.fields {
		for _, x := range append([]*Field{fd}, fd.Children...) {
			if x.Elem != "" && !seen[x.Elem] {
				seen[x.Elem] = true
				out = append(out, x.Elem)
			}
		}
	}
	return out
}

func (fd *Field) option(value string) (Option, bool) {
	for _, o := range fd.Options {
		if o.Value == value {
			return o, true
		}
	}
	return Option{}, false
}
