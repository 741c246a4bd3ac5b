package audit

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tongban/tongban/internal/db"
)

// tileHeight: a tile holds the 256 hashes of a subtree of this height.
const tileHeight = 8

const (
	sqlTile    = `SELECT hashes FROM audit_tile WHERE level = $1 AND n = $2`
	sqlPutTile = `INSERT INTO audit_tile (level, n, hashes) VALUES ($1, $2, $3)
		ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes`
)

// tree reads the hashes of the Merkle log from its tiles, and holds those that
// are new until their tiles are written.
type tree struct {
	q     db.Queryer
	size  int64
	fresh map[int64]tlog.Hash // by stored hash index
	tiles map[[2]int64][]byte
}

func newTree(q db.Queryer, size int64) *tree {
	return &tree{q: q, size: size, fresh: map[int64]tlog.Hash{}, tiles: map[[2]int64][]byte{}}
}

// ReadHashes implements tlog.HashReader.
func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if h, ok := t.fresh[x]; ok {
			out[i] = h
			continue
		}
		tile := tlog.TileForIndex(tileHeight, x)
		at := [2]int64{int64(tile.L), tile.N}
		data, ok := t.tiles[at]
		if !ok {
			if err := t.q.QueryRow(sqlTile, at[0], at[1]).Scan(&data); err != nil {
				return nil, fmt.Errorf("audit: tile %d/%d: %w", at[0], at[1], err)
			}
			t.tiles[at] = data
		}
		if len(data) < tile.W*tlog.HashSize {
			return nil, fmt.Errorf("audit: tile %d/%d is too short", at[0], at[1])
		}
		tile.W = len(data) / tlog.HashSize
		h, err := tlog.HashFromTile(tile, data[:tile.W*tlog.HashSize], x)
		if err != nil {
			return nil, err
		}
		out[i] = h
	}
	return out, nil
}

// add appends a leaf.
func (t *tree) add(leaf []byte) error {
	hashes, err := tlog.StoredHashes(t.size, leaf, t)
	if err != nil {
		return err
	}
	at := tlog.StoredHashIndex(0, t.size)
	for i, h := range hashes {
		t.fresh[at+int64(i)] = h
	}
	t.size++
	return nil
}

// put writes the tiles that changed since the log had size from.
func (t *tree) put(tx *db.Tx, from int64) error {
	for _, tile := range tlog.NewTiles(tileHeight, from, t.size) {
		data, err := tlog.ReadTileData(tile, t)
		if err != nil {
			return err
		}
		tx.Queue(sqlPutTile, tile.L, tile.N, data)
	}
	return nil
}
