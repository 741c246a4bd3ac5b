package db_test

import (
	"database/sql"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/db"
)

type kind string
type level int8

func TestArgument(t *testing.T) {
	s := "甲"
	for _, c := range []struct{ in, want any }{
		{nil, nil}, {7, int64(7)}, {int8(-7), int64(-7)}, {uint32(7), int64(7)}, {level(3), int64(3)}, {true, true}, {1.5, 1.5},
		{"甲", "甲"}, {kind("a"), "a"}, {&s, "甲"}, {(*string)(nil), nil}, {[]byte{1}, []byte{1}}, {[]byte(nil), nil}, {[]byte{}, []byte{}},
		{[2]byte{1, 2}, []byte{1, 2}}, {sql.NullString{}, nil}, {sql.NullInt64{Int64: 5, Valid: true}, int64(5)},
	} {
		got, err := db.Argument(c.in)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%T %v: %v %v", c.in, c.in, got, err)
		}
	}
	for _, bad := range []any{time.Now(), uint64(math.MaxUint64), math.NaN(), math.Inf(1), struct{}{}, []int{1}, "a\x00", "\xff", kind("\xff")} {
		if got, err := db.Argument(bad); err == nil {
			t.Errorf("%T: %v", bad, got)
		}
	}
}

func TestScan(t *testing.T) {
	scan := func(dest, src any) any {
		t.Helper()
		p := reflect.New(reflect.TypeOf(dest))
		if err := db.Assign(p.Interface(), src); err != nil {
			return err
		}
		return p.Elem().Interface()
	}
	five := int64(5)
	for _, c := range []struct{ dest, src, want any }{
		{int64(0), int64(5), five}, {0, int64(5), 5}, {level(0), int64(5), level(5)}, {int64(0), 5.0, five}, {uint8(0), int64(5), uint8(5)},
		{1.5, int64(5), 5.0}, {false, int64(1), true}, {false, true, true}, {0, true, 1}, {"", "甲", "甲"}, {"", []byte("甲"), "甲"}, {kind(""), "甲", kind("甲")},
		{"", int64(5), "5"}, {[]byte(nil), "甲", []byte("甲")}, {[]byte{1}, nil, []byte(nil)}, {(*int64)(nil), int64(5), &five}, {&five, nil, (*int64)(nil)},
		{sql.NullString{}, nil, sql.NullString{}}, {sql.NullString{}, "a", sql.NullString{String: "a", Valid: true}}, {[2]byte{}, []byte{1, 2}, [2]byte{1, 2}},
	} {
		if got := scan(c.dest, c.src); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v into %T: %v", c.src, c.dest, got)
		}
	}
	for _, c := range []struct{ dest, src any }{
		{int64(0), nil}, {"", nil}, {false, int64(2)}, {int8(0), int64(300)}, {uint8(0), int64(-1)}, {0, 1.5}, {0, "5"}, {[2]byte{}, []byte{1}}, {struct{}{}, int64(1)},
	} {
		if err, ok := scan(c.dest, c.src).(error); !ok || err == nil {
			t.Errorf("%v into %T worked", c.src, c.dest)
		}
	}
}

func TestMicros(t *testing.T) {
	at := time.Date(2026, 2, 12, 23, 59, 59, 123456789, time.FixedZone("", 8*3600))
	if got := db.Time(db.Micros(at)); !got.Equal(at.Truncate(time.Microsecond)) || got.Location() != time.UTC {
		t.Error(got)
	}
	if db.Micros(time.Time{}) != 0 || !db.Time(0).IsZero() {
		t.Error("the zero instant")
	}
}
