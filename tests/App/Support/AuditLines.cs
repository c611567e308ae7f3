namespace FuncQueue.App.Tests.Support;

/// <summary>Lines of the audit in what an app has printed.</summary>
public static class AuditLines
{
    /// <summary>Those that begin so, in their order.</summary>
    public static List<string> Of(string output, string who) =>
        [.. output.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith(who, StringComparison.Ordinal))];

    /// <summary>The same, once there are so many or more.</summary>
    public static async Task<List<string>> WaitAsync(Func<string> output, string who, int count)
    {
        await Until.TrueAsync(() => Task.FromResult(Of(output(), who).Count >= count), $"{count} lines are there");
        return Of(output(), who);
    }
}
