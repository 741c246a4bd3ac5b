// Package worktest builds a small working city for tests of desk and console:
// all rooms on the sample city's files, the pages behind the real door, and
// browsers that keep cookies. It is for tests alone.
//
//	worktest.Each(t, func(c *worktest.City) {
//		no := c.Apply(worktest.Road)
//		b := c.Login("clerk-lx")
//		b.Get("/desk").Has("占用")
//	})
package worktest
