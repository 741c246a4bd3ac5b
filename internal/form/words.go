package form

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/tongban/tongban/internal/errs"
)

// quoteZH is the title as it stands inside a Chinese sentence; one that is a
// sentence itself gets quotation marks.
func (fd *Field) quoteZH() string {
	if strings.ContainsAny(fd.Title, "\uff0c。\uff1b\uff1a,;:、?\uff1f") {
		return "“" + strings.TrimRight(fd.Title, "?\uff1f。") + "”"
	}
	return fd.Title
}

func (fd *Field) quoteEN() string {
	if fd.TitleEN != "" {
		return "“" + fd.TitleEN + "”"
	}
	return "“" + fd.Title + "”"
}

// err makes a finding from sentences with one %s for the title.
func (fd *Field) err(path, code, zh, en string) errs.Field {
	return errs.Field{Path: path, Code: code,
		ZH: strings.Replace(zh, "%s", fd.quoteZH(), 1), EN: strings.Replace(en, "%s", fd.quoteEN(), 1)}
}

func unknownField(path string) errs.Field {
	return errs.Field{Path: path, Code: "unknown-field", ZH: "表单中没有这个字段，请删除", EN: "The form has no such field; leave it out"}
}

func (fd *Field) requiredError(path string) errs.Field {
	switch fd.Widget {
	case Checkbox:
		return fd.err(path, "required", "请勾选%s", "Tick %s")
	case Radio, Select, Checkboxes:
		return fd.err(path, "required", "请选择%s", "Choose %s")
	case Table:
		return fd.err(path, "required", "请填写%s，至少一行", "Enter %s, one row at least")
	}
	return fd.err(path, "required", "请填写%s", "Enter %s")
}

// typeError says what kind of answer is needed.
func (fd *Field) typeError(path string) errs.Field {
	zh, en := "%s应当是文本", "%s must be a text"
	switch {
	case fd.Widget == Money:
		zh, en = "%s应当是金额，以元为单位，最多两位小数", "%s must be an amount in yuan with two decimals at most"
	case fd.Type == Integer:
		zh, en = "%s应当是整数，只填写数字", "%s must be a whole number"
	case fd.Type == Number:
		zh, en = "%s应当是数字，例如 12.5", "%s must be a number such as 12.5"
	case fd.Type == Boolean:
		zh, en = "%s应当是“是”或者“否”", "%s must be yes or no (true or false)"
	case fd.Type == List:
		zh, en = "%s应当是选项的列表", "%s must be a list of options"
	case fd.Type == Rows:
		zh, en = "%s应当是逐行填写的列表", "%s must be a list of rows"
	case fd.Widget == DateBox:
		zh, en = "%s应当是真实存在的日期，例如 2026 年 3 月 1 日", "%s must be a real date such as 2026-03-01"
	}
	return fd.err(path, "type", zh, en)
}

// explain turns a finding of the validator into words.
func (fd *Field) explain(path string, what found) errs.Field {
	say := func(code, zh, en string, args ...any) errs.Field {
		return fd.err(path, code, "%s"+fmt.Sprintf(zh, args...), "%s "+fmt.Sprintf(en, args...))
	}
	switch k := what.kind.(type) {
	case *kind.MinLength:
		return say("min-length", "不能少于 %d 个字，现在是 %d 个", "needs %d characters at least, has %d", k.Want, k.Got)
	case *kind.MaxLength:
		return say("max-length", "不能超过 %d 个字，现在是 %d 个", "cannot exceed %d characters, has %d", k.Want, k.Got)
	case *kind.MinItems:
		if fd.Type == Rows {
			return say("min-items", "至少填写 %d 行", "needs %d rows at least", k.Want)
		}
		return say("min-items", "至少选择 %d 项", "needs %d choices at least", k.Want)
	case *kind.MaxItems:
		if fd.Type == Rows {
			return say("max-items", "最多填写 %d 行", "can have %d rows at most", k.Want)
		}
		return say("max-items", "最多选择 %d 项", "can have %d choices at most", k.Want)
	case *kind.Minimum:
		return fd.limit(path, "min", "不能小于", "cannot be less than ", k.Want)
	case *kind.Maximum:
		return fd.limit(path, "max", "不能大于", "cannot be more than ", k.Want)
	case *kind.MultipleOf:
		return fd.limit(path, "multiple-of", "的填写单位是", "must be a multiple of ", k.Want)
	case *kind.UniqueItems:
		return say("unique", "不能重复选择同一项", "cannot have the same choice twice")
	case *kind.Const:
		return fd.err(path, "must-accept", "请阅读并勾选%s", "Read and tick %s")
	case *kind.Enum, *kind.OneOf:
		return fd.err(path, "option", "请从列出的选项中选择%s", "Choose %s from the options given")
	case *kind.Pattern:
		for _, p := range fd.Patterns {
			if p.Expr == k.Want {
				return fd.sentence(path, "pattern", p.ZH, p.EN)
			}
		}
	case *kind.Format:
		var e *formatError
		if errors.As(k.Err, &e) {
			code := "format"
			if fd.Widget == DateBox {
				code = "date"
			}
			return fd.sentence(path, code, e.zh, e.en)
		}
	}
	if what.elem && fd.Type == List {
		return fd.err(path, "option", "请从列出的选项中选择%s", "Choose %s from the options given")
	}
	return fd.typeError(path)
}

// sentence puts the title before words that do not name it.
func (fd *Field) sentence(path, code, zh, en string) errs.Field {
	if zh == "" {
		zh = "格式不正确，请核对后重新填写"
	}
	if en == "" {
		en = "does not have the right form; check and enter it again"
	}
	if !strings.Contains(zh, fd.Title) {
		zh = fd.quoteZH() + "：" + zh
	}
	return errs.Field{Path: path, Code: code, ZH: strings.TrimRight(zh, "。"), EN: fd.quoteEN() + ": " + strings.TrimRight(en, ".")}
}

// limit is a finding about a number; amounts of money are written in yuan.
func (fd *Field) limit(path, code, zh, en string, limit *big.Rat) errs.Field {
	x, _ := limit.Float64()
	s, _ := writeNumber(x)
	unitZH, unitEN := fd.Unit, fd.UnitEN
	if fd.Widget == Money {
		s, unitZH, unitEN = writeFen(int64(x)), "元", "yuan"
	}
	if unitEN == "" {
		unitEN = unitZH
	}
	return errs.Field{Path: path, Code: code,
		ZH: strings.TrimSpace(fd.quoteZH() + zh + " " + s + " " + unitZH),
		EN: strings.TrimSpace(fd.quoteEN() + " " + en + s + " " + unitEN)}
}
