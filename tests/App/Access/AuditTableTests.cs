namespace FuncQueue.App.Tests.Access;

/// <summary>
/// Every operation of the OpenAPI document, asked for by one who may and by one who may not: it is noted exactly where the document names
/// a right to change things, and wherever it is refused.
/// </summary>
public sealed class AuditTableTests(LockedApp locked) : LockedTest(locked)
{
    private const string Name = "audited";

    private static readonly string[] Kept = ["manage", "redrive", "keys"];

    /// <summary>Those that anybody may ask for are never refused, and those of the host not by the app.</summary>
    private static readonly IReadOnlyList<AccessOperation> Operations =
    [
        .. AccessOperation.All.Where(o => !o.IsOpen && !o.IsHosts && o.Rights is not ["any"]),
    ];

    [Fact]
    public async Task Each_call_that_may_change_things_is_noted_and_no_other()
    {
        var key = await Keys.MakeAsync("auditor", ["manage", "keys"], ["*"]);
        foreach (var operation in Operations)
            await AskAsync(operation, key);
        var kept = Operations.Where(o => o.Rights.Any(Kept.Contains)).ToList();
        kept.Count.ShouldBeGreaterThan(25);
        await NotedAsync("auditor may ", [.. kept.Select(o => $"{o.Id} (right {RightOf(o)}) on {ResourceOf(o)}.")]);
    }

    [Fact]
    public async Task Each_call_that_is_refused_is_noted()
    {
        // Of a key that opens nothing here.
        var key = await Keys.MakeAsync("outsider", ["manage"], ["elsewhere"]);
        var refused = Operations.Where(o => o.IsOfOneResource || !o.IsTakenBy("manage")).ToList();
        refused.Count.ShouldBeGreaterThan(50);
        foreach (var operation in refused)
            await AskAsync(operation, key);
        await NotedAsync("outsider was refused ", [.. refused.Select(o => $"{o.Id} (right {RightOf(o)}) on {ResourceOf(o)}.")]);
    }

    [Fact]
    public async Task Each_call_of_nobody_is_noted()
    {
        await Keys.MakeMasterAsync();
        foreach (var operation in Operations)
            await AskAsync(operation, null);
        await NotedAsync("(nobody) was refused ", [.. Operations.Select(o => $"{o.Id} (right {RightOf(o)}) on ")]);
    }

    private Task<Answer> AskAsync(AccessOperation operation, string? key) =>
        With(key).SendAsync(new HttpMethod(operation.Method.ToUpperInvariant()), operation.UrlOn(Name));

    /// <summary>The lines that begin so are these, each of which ends so or goes on, in their order.</summary>
    private async Task NotedAsync(string who, IReadOnlyList<string> expected)
    {
        var lines = await AuditLines.WaitAsync(() => App.Output, who, expected.Count);
        lines.Count.ShouldBe(expected.Count, string.Join('\n', lines));
        foreach (var (line, wanted) in lines.Zip(expected))
            line.ShouldStartWith(who + wanted);
    }

    private static string RightOf(AccessOperation operation) => string.Join(" or ", operation.Rights);

    private static string ResourceOf(AccessOperation operation) =>
        operation.Path.Contains("{queue}", StringComparison.Ordinal) ? $"queue:{Name}"
        : operation.Path.Contains("{topic}", StringComparison.Ordinal) ? $"topic:{Name}"
        : "*";
}
