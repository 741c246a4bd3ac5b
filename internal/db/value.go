package db

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// arguments brings args to the few kinds that both engines store alike:
// int64, float64, bool, string, []byte and nil. Instants and dates are passed
// as Micros or text; a time.Time is refused.
func arguments(args []any) ([]any, error) {
	out := make([]any, len(args))
	for i, a := range args {
		v, err := argument(a)
		if err != nil {
			return nil, fmt.Errorf("$%d: %w", i+1, err)
		}
		out[i] = v
	}
	return out, nil
}

func argument(a any) (any, error) {
	switch v := a.(type) {
	case nil, int64, bool:
		return v, nil
	case string:
		return text(v)
	case []byte:
		if v == nil {
			return nil, nil
		}
		return v, nil
	case int:
		return int64(v), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, errors.New("db: not a number")
		}
		return v, nil
	case time.Time:
		return nil, errors.New("db: pass instants as db.Micros and dates as text")
	case driver.Valuer:
		if rv := reflect.ValueOf(a); rv.Kind() == reflect.Pointer && rv.IsNil() {
			return nil, nil
		}
		x, err := v.Value()
		if err != nil {
			return nil, err
		}
		return argument(x)
	}
	rv := reflect.ValueOf(a)
	switch rv.Kind() {
	case reflect.Pointer:
		if rv.IsNil() {
			return nil, nil
		}
		return argument(rv.Elem().Interface())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return rv.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if rv.Uint() > math.MaxInt64 {
			return nil, errors.New("db: number too large")
		}
		return int64(rv.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return argument(rv.Float())
	case reflect.Bool:
		return rv.Bool(), nil
	case reflect.String:
		return text(rv.String())
	case reflect.Slice:
		if rv.Type().Elem().Kind() == reflect.Uint8 {
			return argument(rv.Bytes())
		}
	case reflect.Array:
		if rv.Type().Elem().Kind() == reflect.Uint8 {
			b := make([]byte, rv.Len())
			reflect.Copy(reflect.ValueOf(b), rv)
			return b, nil
		}
	}
	return nil, fmt.Errorf("db: cannot store a %T", a)
}

func text(s string) (any, error) {
	if strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s) {
		return nil, ErrInvalidText
	}
	return s, nil
}

// assign copies a stored value (int64, float64, bool, string, []byte or nil)
// to where dest points, the same way for both engines.
func assign(dest, src any) error {
	switch d := dest.(type) {
	case *any:
		*d = src
		return nil
	case sql.Scanner:
		return d.Scan(src)
	case *string:
		switch s := src.(type) {
		case string:
			*d = s
			return nil
		case []byte:
			*d = string(s)
			return nil
		}
	case *int64:
		if n, ok := src.(int64); ok {
			*d = n
			return nil
		}
	case *[]byte:
		switch s := src.(type) {
		case nil:
			*d = nil
			return nil
		case []byte:
			*d = s
			return nil
		case string:
			*d = []byte(s)
			return nil
		}
	}
	rv := reflect.ValueOf(dest)
	if rv.Kind() != reflect.Pointer || rv.IsNil() {
		return fmt.Errorf("db: Scan into %T, not a pointer", dest)
	}
	return assignTo(rv.Elem(), src)
}

func assignTo(rv reflect.Value, src any) error {
	if rv.Kind() == reflect.Pointer {
		if src == nil {
			rv.SetZero()
			return nil
		}
		p := reflect.New(rv.Type().Elem())
		if err := assign(p.Interface(), src); err != nil {
			return err
		}
		rv.Set(p)
		return nil
	}
	if src == nil {
		if rv.Kind() == reflect.Slice {
			rv.SetZero()
			return nil
		}
		return fmt.Errorf("db: NULL into %s", rv.Type())
	}
	bad := fmt.Errorf("db: %T into %s", src, rv.Type())
	switch rv.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, ok := whole(src)
		if !ok || rv.OverflowInt(n) {
			return bad
		}
		rv.SetInt(n)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, ok := whole(src)
		if !ok || n < 0 || rv.OverflowUint(uint64(n)) {
			return bad
		}
		rv.SetUint(uint64(n))
	case reflect.Float32, reflect.Float64:
		switch s := src.(type) {
		case float64:
			rv.SetFloat(s)
		case int64:
			rv.SetFloat(float64(s))
		default:
			return bad
		}
	case reflect.Bool:
		n, ok := whole(src)
		if !ok || n != 0 && n != 1 {
			return bad
		}
		rv.SetBool(n == 1)
	case reflect.String:
		switch s := src.(type) {
		case string:
			rv.SetString(s)
		case []byte:
			rv.SetString(string(s))
		case int64:
			rv.SetString(strconv.FormatInt(s, 10))
		default:
			return bad
		}
	case reflect.Slice:
		if rv.Type().Elem().Kind() != reflect.Uint8 {
			return bad
		}
		switch s := src.(type) {
		case []byte:
			rv.SetBytes(s)
		case string:
			rv.SetBytes([]byte(s))
		default:
			return bad
		}
	case reflect.Array:
		s, ok := src.([]byte)
		if !ok || rv.Type().Elem().Kind() != reflect.Uint8 || len(s) != rv.Len() {
			return bad
		}
		reflect.Copy(rv, reflect.ValueOf(s))
	default:
		return bad
	}
	return nil
}

func whole(src any) (int64, bool) {
	switch s := src.(type) {
	case int64:
		return s, true
	case bool:
		if s {
			return 1, true
		}
		return 0, true
	case float64:
		if n := int64(s); float64(n) == s {
			return n, true
		}
	}
	return 0, false
}

// Micros is how an instant is stored: microseconds since 1970 in UTC. The zero
// time.Time is stored as 0, which reads "not set".
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time is the instant of stored microseconds, in UTC; 0 gives the zero time.
func Time(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
