using System.CommandLine;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Client;

namespace FuncQueue.Cli.Commands;

/// <summary>Which dead letters.</summary>
internal sealed class FilterOptions
{
    private readonly Option<string?> reason = Commands.Make.Text("--reason", "Those with this reason.");
    private readonly Option<string?> group = Commands.Make.Text("--group", "Those of this group.");
    private readonly Option<DateTimeOffset?> before = new("--before") { Description = "Those from before this instant." };
    private readonly Option<DateTimeOffset?> after = new("--after") { Description = "Those from after this instant." };

    public IEnumerable<Symbol> All => [reason, group, before, after];

    public MessageFilter? Read(Session session)
    {
        var filter = new MessageFilter
        {
            Reason = session.Get(reason),
            GroupId = session.Get(group),
            Before = session.Get(before),
            After = session.Get(after),
        };
        return filter is { Reason: null, GroupId: null, Before: null, After: null } ? null : filter;
    }
}
