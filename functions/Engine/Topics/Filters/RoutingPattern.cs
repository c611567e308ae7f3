namespace FuncQueue.Engine.Topics.Filters;

/// <summary>
/// A binding key of AMQP 0-9-1's topic exchange (section 3.1.3.3): words between dots, of which <c>*</c> stands for one word and <c>#</c>
/// for any number. As in RabbitMQ, a word may be empty, and only a whole word is a wildcard.
/// </summary>
internal sealed class RoutingPattern
{
    public RoutingPattern(string text)
    {
        Text = text;
        IsExact = true;
        foreach (var word in text.AsSpan().Split('.'))
            IsExact &= text.AsSpan(word) is not ("*" or "#");
    }

    public string Text { get; }

    /// <summary>Whether it matches the key that is the same text, and no other.</summary>
    public bool IsExact { get; }

    public static bool AnyMatches(RoutingPattern[] patterns, RoutingKey key)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.Matches(key))
                return true;
        }

        return false;
    }

    /// <summary>
    /// In time of words of the pattern times words of the key at most: the last <c>#</c> alone is tried at several places.
    /// </summary>
    public bool Matches(RoutingKey key)
    {
        var (at, word) = (0, 0);
        var (behindHash, taken) = (-1, 0);
        while (word < key.Count)
        {
            var wanted = WordAt(at);
            if (!IsEnd(at) && wanted is "#")
            {
                at += 2;
                (behindHash, taken) = (at, word);
            }
            else if (!IsEnd(at) && (wanted is "*" || key[word].SequenceEqual(wanted)))
            {
                at += wanted.Length + 1;
                word++;
            }
            else if (behindHash >= 0)
            {
                (at, word) = (behindHash, ++taken);
            }
            else
            {
                return false;
            }
        }

        while (!IsEnd(at) && WordAt(at) is "#")
            at += 2;
        return IsEnd(at);
    }

    /// <summary>Behind the last word there is no dot.</summary>
    private bool IsEnd(int at) => at > Text.Length;

    private ReadOnlySpan<char> WordAt(int at)
    {
        if (IsEnd(at))
            return default;
        var rest = Text.AsSpan(at);
        var dot = rest.IndexOf('.');
        return dot < 0 ? rest : rest[..dot];
    }
}
