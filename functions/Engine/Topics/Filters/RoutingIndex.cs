using System.Runtime.InteropServices;

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>
/// Finds filters by routing key: patterns without wildcards by the key as it is, the others in a trie of their words. A key is taken
/// through the trie word by word at all places at once, each place at most once a word, so no pattern makes it retrace its steps.
/// </summary>
internal sealed class RoutingIndex
{
    private readonly Dictionary<string, FilterList> exact = new(StringComparer.Ordinal);
    private readonly List<Node> nodes = [new Node()];

    /// <summary>How many places there are in the trie.</summary>
    public int Places => nodes.Count;

    public void Add(RoutingPattern pattern, int filter)
    {
        if (pattern.IsExact)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(exact, pattern.Text, out _).Add(filter);
            return;
        }

        var place = 0;
        foreach (var word in pattern.Text.AsSpan().Split('.'))
            place = Next(place, pattern.Text.AsSpan(word));
        nodes[place].Filters.Add(filter);
    }

    /// <summary>Names the filters that have a pattern which matches, and returns how many places in the trie were visited.</summary>
    public int Find(string? text, RoutingKey key, TriePlaces places, Candidates candidates)
    {
        if (text is not null && exact.TryGetValue(text, out var filters))
            filters.AddTo(candidates);
        if (nodes.Count == 1)
            return 0;
        places.Restart();
        Enter(0, places);
        places.Step();
        var visited = 0;
        for (var i = 0; i < key.Count && !places.Current.IsEmpty; i++)
        {
            var word = key[i];
            foreach (var place in places.Current)
            {
                visited++;
                var node = nodes[place];
                if (node.IsHash)
                    Enter(place, places);
                if (node.Star > 0)
                    Enter(node.Star, places);
                if (node.Next(word) is > 0 and var next)
                    Enter(next, places);
            }

            places.Step();
        }

        foreach (var place in places.Current)
        {
            visited++;
            nodes[place].Filters.AddTo(candidates);
        }

        return visited;
    }

    /// <summary>Goes to a place, and to the <c>#</c> behind it, which may stand for no word.</summary>
    private void Enter(int place, TriePlaces places)
    {
        while (places.Add(place) && nodes[place].Hash is > 0 and var hash)
            place = hash;
    }

    private int Next(int place, ReadOnlySpan<char> word)
    {
        var node = nodes[place];
        var next = word switch
        {
            "*" => node.Star,
            "#" => node.Hash,
            _ => node.Next(word),
        };
        if (next > 0)
            return next;
        next = nodes.Count;
        nodes.Add(new Node { IsHash = word is "#" });
        if (word is "*")
            node.Star = next;
        else if (word is "#")
            node.Hash = next;
        else
            (node.Words ??= new Dictionary<string, int>(1, StringComparer.Ordinal)).Add(word.ToString(), next);
        return next;
    }

    /// <summary>A place that patterns have led to; 0, which is the root, stands for none.</summary>
    private sealed class Node
    {
        public bool IsHash { get; init; }

        public int Star { get; set; }

        public int Hash { get; set; }

        public Dictionary<string, int>? Words { get; set; }

        public int Next(ReadOnlySpan<char> word) =>
            Words is not null && Words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var next) ? next : 0;

        public FilterList Filters;
    }
}
