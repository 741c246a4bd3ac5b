package catalog

// Named is a value of a closed list with its names for people.
type Named[K comparable] struct {
	Key    K
	ZH, EN string
}

func wordsOf[K comparable](list []Named[K], key K) (zh, en string) {
	for _, x := range list {
		if x.Key == key {
			return x.ZH, x.EN
		}
	}
	return "", ""
}
