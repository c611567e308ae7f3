using System.IO.Enumeration;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Sqs;

/// <summary>Which queues a key is for: names, in which <c>*</c> stands for any characters and <c>?</c> for one, separated by commas.</summary>
internal sealed class QueuePattern
{
    private readonly string[] patterns;

    private QueuePattern(string[] patterns) => this.patterns = patterns;

    public static QueuePattern Any { get; } = new(["*"]);

    public static bool TryParse(string text, out QueuePattern pattern)
    {
        var patterns = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        pattern = new QueuePattern(patterns);
        return patterns.Length > 0 && Array.TrueForAll(patterns, p => p.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '*' or '?'));
    }

    public bool Matches(QueueName queue) =>
        Array.Exists(patterns, p => FileSystemName.MatchesSimpleExpression(p, queue.Value, ignoreCase: false));
}
