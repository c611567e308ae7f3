namespace FuncQueue.Functions.Dashboard;

/// <summary>A file of the dashboard, as it is sent: compressed, in either coding.</summary>
internal sealed record DashboardFile(string ContentType, byte[] Gzip, byte[] Brotli)
{
    /// <summary>The content type of a file's name.</summary>
    public static string TypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            ".js" => "text/javascript; charset=utf-8",
            var ending => throw new InvalidOperationException($"A file of the dashboard ends in {ending}."),
        };
}
