using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sqs.Messages;

/// <summary>
/// Which attributes a receiver wants: by name, all (<c>All</c>, <c>.*</c>, <c>*</c>), or by the beginning of the name (<c>bar.*</c>).
/// </summary>
internal sealed class AttributeSelection
{
    private const string Wildcard = ".*";

    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly List<string> prefixes = [];
    private readonly bool all;

    public AttributeSelection(IEnumerable<string> wanted)
    {
        foreach (var name in wanted)
        {
            if (name is SqsAttribute.All or Wildcard or "*")
                all = true;
            else if (name.EndsWith(Wildcard, StringComparison.Ordinal))
                prefixes.Add(name[..^Wildcard.Length]);
            else
                names.Add(name);
        }
    }

    public bool Has(string name) => all || names.Contains(name) || prefixes.Exists(p => name.StartsWith(p, StringComparison.Ordinal));
}
