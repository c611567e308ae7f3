using System.Reflection;
using System.Runtime.CompilerServices;
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

    /// <summary>Classes of more than eight fields, and of how many.</summary>
    private static readonly Dictionary<string, int> Larger = new(StringComparer.Ordinal)
    {
        // What a call asks for and is answered with, on its way through a loop; a row being changed or composed; a condition compiled.
        ["PendingEnqueue"] = 15,
        ["PendingAppend"] = 12,
        ["SettleRequest"] = 12,
        ["ReadAsk"] = 15,
        ["RowEdit"] = 11,
        ["Draft"] = 11,
        ["ValueTest"] = 11,
        ["MatcherParts"] = 10,
        // What all share, and what serializers are made from.
        ["EngineContext"] = 10,
        ["EngineMetrics"] = 14,
        ["SettingsJson"] = 13,
        ["TopicSettingsJson"] = 10,
        // What decides, and is to become smaller.
        ["EnqueueLoop"] = 10,
        ["FlightWriter"] = 9,
        ["MessageSweep"] = 12,
        ["QueueRuntime"] = 9,
        ["Scanner"] = 9,
        ["ShardRuntime"] = 9,
        ["Tally"] = 10,
        ["AppendLoop"] = 9,
        ["Flow"] = 11,
        ["GroupLoop"] = 11,
        ["GroupReading"] = 10,
        ["PartitionReader"] = 11,
        ["TopicEngine"] = 10,
        ["TopicForwarding"] = 11,
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

    /// <summary>
    /// A class that knows more is likely two. What only holds data for a moment, and the list of instruments, know nothing. Of those that
    /// have more, none may grow, and one that shrinks leaves the list.
    /// </summary>
    [Fact]
    public void No_class_has_more_than_eight_fields_but_those_known_here()
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var classes = typeof(QueueEngine).Assembly.GetTypes().Where(t => t.IsClass && !IsData(t) && !IsCompilers(t)).ToList();
        classes.ShouldContain(typeof(ShardLoop));
        classes
            .Select(t => (t.Name, Fields: t.GetFields(Own).Length))
            .Where(c => c.Fields > 8)
            .ShouldBe(Larger.Select(l => (l.Key, l.Value)), ignoreOrder: true);

        // A record.
        static bool IsData(System.Type type) => type.GetMethod("<Clone>$") is not null;

        static bool IsCompilers(System.Type type) =>
            type.Name.StartsWith('<') || type.GetCustomAttribute<CompilerGeneratedAttribute>() is not null;
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
