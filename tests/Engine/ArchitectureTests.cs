using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Shards;

namespace FuncQueue.Engine.Tests;

/// <summary>Which parts of the engine know of which.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "FuncQueue.Engine";

    /// <summary>
    /// What the code of each folder may use, beside its own and what all share: the contract, the context, the log. From the bottom up;
    /// only the formats of rows that <c>Storage</c> reads lie in the folders that they are about.
    /// </summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Decisions"] = [],
        ["Storage"] = ["Decisions", "Groups", "Payloads", "Transfers"],
        ["Groups"] = ["Decisions", "Storage"],
        ["Payloads"] = ["Decisions", "Storage"],
        ["Deduplication"] = ["Decisions", "Storage"],
        ["Receipts"] = ["Decisions", "Storage"],
        ["Registry"] = ["Decisions", "Storage", "Payloads", "Transfers", "Totals", "Figures"],
        ["Totals"] = ["Decisions", "Storage", "Registry"],
        ["Figures"] = ["Storage", "Registry", "Totals", "Queues"],
        ["Keys"] = ["Storage", "Registry", "Queues"],
        ["Shards"] = ["Decisions", "Storage", "Groups", "Payloads", "Deduplication", "Registry", "Totals"],
        ["Queues"] =
        [
            "Decisions",
            "Storage",
            "Groups",
            "Payloads",
            "Deduplication",
            "Receipts",
            "Registry",
            "Totals",
            "Shards",
            "Transfers",
            "Sweeping",
        ],
        ["Transfers"] = ["Decisions", "Storage", "Groups", "Payloads", "Registry", "Totals", "Shards", "Queues"],
        ["Sweeping"] =
        [
            "Decisions",
            "Storage",
            "Groups",
            "Payloads",
            "Deduplication",
            "Registry",
            "Totals",
            "Figures",
            "Shards",
            "Queues",
            "Transfers",
        ],
        ["Topics"] =
        [
            "Storage",
            "Registry",
            "Queues",
            "Topics.Records",
            "Topics.Log",
            "Topics.Reading",
            "Topics.Registry",
            "Topics.Calls",
            "Topics.Filters",
            "Topics.Subscriptions",
            "Topics.Forwarding",
            "Topics.Groups",
            "Topics.Compaction",
            "Topics.Sweeping",
        ],
        ["Topics.Groups"] =
        [
            "Decisions",
            "Storage",
            "Registry",
            "Shards",
            "Queues",
            "Topics",
            "Topics.Calls",
            "Topics.Log",
            "Topics.Reading",
            "Topics.Records",
            "Topics.Registry",
        ],
        ["Topics.Retention"] = ["Storage", "Payloads", "Topics.Log", "Topics.Records"],
        ["Topics.Compaction"] = ["Storage", "Payloads", "Topics.Reading", "Topics.Records", "Topics.Retention"],
        ["Topics.Sweeping"] =
        [
            "Storage",
            "Deduplication",
            "Payloads",
            "Registry",
            "Topics",
            "Topics.Calls",
            "Topics.Compaction",
            "Topics.Groups",
            "Topics.Log",
            "Topics.Reading",
            "Topics.Registry",
            "Topics.Retention",
        ],
        ["Topics.Records"] = ["Storage", "Topics"],
        ["Topics.Registry"] = ["Storage", "Registry", "Topics"],
        ["Topics.Filters"] = ["Topics.Records", "Topics.Log"],
        ["Topics.Log"] = ["Decisions", "Storage", "Payloads", "Deduplication", "Registry", "Shards", "Topics", "Topics.Records"],
        ["Topics.Reading"] = ["Storage", "Topics", "Topics.Records", "Topics.Log"],
        ["Topics.Calls"] =
        [
            "Decisions",
            "Storage",
            "Groups",
            "Payloads",
            "Deduplication",
            "Registry",
            "Queues",
            "Topics",
            "Topics.Records",
            "Topics.Log",
            "Topics.Reading",
            "Topics.Registry",
            "Topics.Compaction",
            "Topics.Subscriptions",
            "Topics.Forwarding",
        ],
        ["Topics.Subscriptions"] =
        [
            "Storage",
            "Groups",
            "Registry",
            "Shards",
            "Queues",
            "Topics",
            "Topics.Filters",
            "Topics.Records",
            "Topics.Log",
            "Topics.Reading",
            "Topics.Registry",
        ],
        ["Topics.Forwarding"] =
        [
            "Decisions",
            "Storage",
            "Groups",
            "Payloads",
            "Registry",
            "Shards",
            "Queues",
            "Topics",
            "Topics.Filters",
            "Topics.Records",
            "Topics.Log",
            "Topics.Registry",
            "Topics.Subscriptions",
        ],
    };

    private static readonly Architecture Engine = new ArchLoader().LoadAssembly(typeof(QueueEngine).Assembly).Build();

    [Fact]
    public void Folders_use_each_other_in_the_allowed_directions_only()
    {
        var used = Uses().Where(u => Folder(u.From) is { Length: > 0 } from && Folder(u.To) is { Length: > 0 } to && from != to).ToList();
        used.Where(u => !Allowed.GetValueOrDefault(Folder(u.From), []).Contains(Folder(u.To)))
            .Select(u => $"{u.From.FullName} → {u.To.FullName}")
            .ShouldBeEmpty();
        // What it knows of the engine is there, so the test is about something.
        used.Select(u => (Folder(u.From), Folder(u.To))).ShouldContain(("Queues", "Shards"));
    }

    [Fact]
    public void Of_the_types_that_serve_receivers_none_is_used_by_what_it_uses()
    {
        var uses = Uses().ToLookup(u => Outer(u.From), u => Outer(u.To));
        foreach (var type in new[] { typeof(QueueRuntime), typeof(ShardRuntime), typeof(Dispatcher), typeof(ShardLoop) })
        {
            var reached = new HashSet<string>(StringComparer.Ordinal);
            var next = new Queue<string>(uses[type.FullName!].Where(used => used != type.FullName));
            next.ShouldNotBeEmpty();
            while (next.TryDequeue(out var used))
            {
                if (reached.Add(used))
                {
                    foreach (var further in uses[used])
                        next.Enqueue(further);
                }
            }

            reached.ShouldNotContain(type.FullName);
        }
    }

    private static IEnumerable<(IType From, IType To)> Uses() =>
        Engine
            .Types.Where(IsOurs)
            .SelectMany(type => type.Dependencies.Select(d => d.Target).Where(IsOurs), (type, target) => ((IType)type, target))
            .Distinct();

    // A type parameter belongs to whatever uses it.
    private static bool IsOurs(IType type) =>
        type is not GenericParameter
        && type.Namespace?.FullName is { } name
        && (name == Root || name.StartsWith(Root + ".", StringComparison.Ordinal));

    private static string Folder(IType type) =>
        type.Namespace!.FullName is var name && name.Length > Root.Length ? name[(Root.Length + 1)..] : "";

    /// <summary>The name of the type that it is declared in, if it is.</summary>
    private static string Outer(IType type) => type.FullName.Split('+')[0];
}
