package citytest

import (
	"context"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/form"
)

// Republish publishes an item file of the sample city anew, changed.
func (c *City) Republish(name string, change func(*catalog.Guide)) {
	c.T.Helper()
	var def catalog.Def
	var els form.Elements
	read(c.T, "items/"+name+".yaml", &def)
	read(c.T, "elements.yaml", &els)
	change(&def.Guide)
	if problems, err := c.Catalog.Import(context.Background(), actor.Platform(), def, els); err != nil {
		c.T.Fatalf("%s: %v %v", name, err, problems)
	}
}
