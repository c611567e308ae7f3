using System.Reflection;

namespace FuncQueue.Sqs.Tests.Support;

/// <summary>
/// A list of what a service's model documents, each entry ticked by the test that shows it here, or by the row of a guide's table of
/// differences that says why there is none.
/// </summary>
public sealed class Ticks
{
    private readonly List<Tick> all;

    private sealed record Tick(string Action, string Kind, string Name, string Where);

    private Ticks(List<Tick> all) => this.all = all;

    public static Ticks In(string file) =>
        new([
            .. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, file))
                .Where(line => line.Length > 0 && !line.StartsWith('#'))
                .Select(line => line.Split('\t'))
                .Select(cells => new Tick(cells[0], cells[1], cells[2], cells[3])),
        ]);

    /// <summary>Fails unless this is ticked, all of it and nothing else.</summary>
    public void ShouldBeOf(IReadOnlyCollection<(string Action, string Kind, string Name)> documented)
    {
        documented.Where(d => !all.Any(t => IsOf(t, d))).ShouldBeEmpty();
        all.Where(t => !documented.Any(d => IsOf(t, d))).ShouldBeEmpty();
        all.GroupBy(t => (t.Action, t.Kind, t.Name)).Where(g => g.Count() > 1).ShouldBeEmpty();
    }

    /// <summary>Fails unless each leads to a test of a namespace, or to a row under a heading of a guide.</summary>
    public void ShouldLeadSomewhere(string @namespace, string guide, string heading)
    {
        var tests = typeof(Ticks)
            .Assembly.GetTypes()
            .Where(type => type.Namespace == @namespace)
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttributes<FactAttribute>().Any())
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}")
            .ToHashSet(StringComparer.Ordinal);
        var rows = RowsOf(guide, heading).ToHashSet(StringComparer.Ordinal);
        rows.Count.ShouldBeGreaterThan(10);
        all.Where(t =>
                t.Where.StartsWith("row: ", StringComparison.Ordinal) ? !rows.Contains(t.Where["row: ".Length..]) : !tests.Contains(t.Where)
            )
            .ShouldBeEmpty();
    }

    private static bool IsOf(Tick tick, (string Action, string Kind, string Name) documented) =>
        (tick.Action == "*" || tick.Action == documented.Action) && (tick.Kind, tick.Name) == (documented.Kind, documented.Name);

    /// <summary>The first cells of the table.</summary>
    private static IEnumerable<string> RowsOf(string guide, string heading) =>
        Repository
            .Read(guide)
            .Split('\n')
            .SkipWhile(line => line != heading)
            .Skip(1)
            .TakeWhile(line => !line.StartsWith('#'))
            .Where(line => line.StartsWith('|'))
            .Select(line => line.Split('|')[1].Trim());
}
