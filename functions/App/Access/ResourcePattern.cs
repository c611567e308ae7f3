using System.Diagnostics.CodeAnalysis;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Access;

/// <summary>
/// Which resources a key is for: <c>*</c>, everything; <c>NAME</c> or <c>queue:NAME</c>, queues; <c>topic:NAME</c>, topics. In a name
/// <c>*</c> stands for any characters, also none, and <c>?</c> for one.
/// </summary>
internal sealed record ResourcePattern
{
    public const string Rule =
        "Must be *, NAME, queue:NAME or topic:NAME; in a name, of 1 to 80 of A-Z a-z 0-9 - _ and dots, * is any characters and ? is one.";

    private const string Everything = "*";
    private const string QueuePrefix = "queue:";
    private const string TopicPrefix = "topic:";

    private readonly ResourceKind? kind;
    private readonly string name;

    private ResourcePattern(ResourceKind? kind, string name, string text) => (this.kind, this.name, Text) = (kind, name, text);

    public static ResourcePattern Any { get; } = new(null, Everything, Everything);

    /// <summary>As it was given.</summary>
    public string Text { get; }

    /// <summary>Whether it takes in all that there is.</summary>
    public bool IsEverything => kind is null;

    public static bool TryParse(string? text, [NotNullWhen(true)] out ResourcePattern? pattern)
    {
        pattern = text switch
        {
            null => null,
            Everything => Any,
            _ when text.StartsWith(QueuePrefix, StringComparison.Ordinal) => new(ResourceKind.Queue, text[QueuePrefix.Length..], text),
            _ when text.StartsWith(TopicPrefix, StringComparison.Ordinal) => new(ResourceKind.Topic, text[TopicPrefix.Length..], text),
            _ => new(ResourceKind.Queue, text, text),
        };
        if (pattern is not null && !IsName(pattern.name))
            pattern = null;
        return pattern is not null;
    }

    public bool Matches(Resource resource)
    {
        if (kind is not { } own)
            return true;
        if (!resource.Is(own))
            return false;
        // What can be no name gets no further than a fault; only who may reach all of the kind is told of that.
        return resource.IsValid ? Matches(name, resource.Name) : name.All(c => c == '*');
    }

    private static bool IsName(string text) =>
        text.Length is >= 1 and <= QueueName.MaxLength
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '*' or '?');

    /// <summary>Goes back to the last star only, so that the time is bounded by the product of the lengths.</summary>
    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        var (p, t) = (0, 0);
        var (star, resumed) = (-1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, resumed) = (p++, t);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resumed;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].IndexOfAnyExcept('*') < 0;
    }
}
