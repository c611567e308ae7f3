using FuncQueue.WorkerHost.Rpc;

namespace FuncQueue.WorkerHost;

/// <summary>All that the workers of one host said: on their consoles, and to the host.</summary>
public sealed class HostLog
{
    private readonly List<string> entries = [];

    /// <summary>
    /// Everything so far: a line of a console, or an entry of a log with its exception. Errors begin with <c>fail:</c>, as on a console.
    /// </summary>
    public IReadOnlyList<string> Entries
    {
        get
        {
            lock (entries)
                return [.. entries];
        }
    }

    public string Text => string.Join('\n', Entries);

    internal void Write(string entry)
    {
        lock (entries)
            entries.Add(entry);
    }

    internal void Write(RpcLog log)
    {
        var level = log.Level switch
        {
            RpcLog.Types.Level.Critical => "crit",
            RpcLog.Types.Level.Error => "fail",
            RpcLog.Types.Level.Warning => "warn",
            RpcLog.Types.Level.Information => "info",
            RpcLog.Types.Level.Debug => "dbug",
            _ => "trce",
        };
        Write(
            $"{level}: {log.Category}: "
                + $"{log.Message}{(log.Exception is { } exception ? $" {exception.Type}: {exception.Message} {exception.StackTrace}" : "")}"
        );
    }
}
