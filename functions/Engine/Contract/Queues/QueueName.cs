using System.Diagnostics.CodeAnalysis;

namespace FuncQueue.Engine;

/// <summary>
/// A valid queue name: 1 to 80 of <c>A-Z a-z 0-9 - _</c> and single dots between them, case-sensitive, optionally ending in <c>.fifo</c>.
/// </summary>
public sealed record QueueName
{
    /// <summary>Longest name, the suffix included (the same limit as Amazon SQS).</summary>
    public const int MaxLength = 80;

    /// <summary>The suffix that only FIFO queues may carry.</summary>
    public const string FifoSuffix = ".fifo";

    private QueueName(string value) => Value = value;

    public string Value { get; }

    /// <summary>Whether the name ends in <c>.fifo</c>, which a standard queue's may not.</summary>
    public bool HasFifoSuffix => Value.EndsWith(FifoSuffix, StringComparison.Ordinal);

    /// <summary>Whether <paramref name="text"/> may begin a queue's name, or be a whole one.</summary>
    public static bool IsPrefix(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength)
            return false;
        return text.Length == 0 || IsDotted(text.EndsWith('.') && text.Length < MaxLength ? text[..^1] : text);
    }

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out QueueName? name)
    {
        name = null;
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
            return false;
        if (!IsDotted(text))
            return false;
        name = new QueueName(text);
        return true;
    }

    public override string ToString() => Value;

    private static bool IsDotted(string text)
    {
        // A dot needs something on either side.
        var after = '.';
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
                return false;
            if (c == '.' && after == '.')
                return false;
            after = c;
        }

        return after != '.';
    }
}
