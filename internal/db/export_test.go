package db

import (
	"context"
	"io/fs"
)

// MigrateFrom is Migrate with migrations of a test.
func (d *DB) MigrateFrom(ctx context.Context, source fs.FS) ([]string, error) {
	return d.migrate(ctx, source)
}

// Node is the node number of the keys.
func (d *DB) Node() int64 { return d.ids.node.Load() }

// ForgetNode lets the lease of the node number look as if it had run out.
func (d *DB) ForgetNode() { d.ids.held.Store(int64(-leaseTime)) }

// Assign is what Scan does with one column.
func Assign(dest, src any) error { return assign(dest, src) }

// Argument is what becomes of one argument.
func Argument(a any) (any, error) { return argument(a) }

// ActsAtOnce is how many acts are let in at once on so many cores.
func ActsAtOnce(cores int) int32 { return actsAtOnce(cores) }
