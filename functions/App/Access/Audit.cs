using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Functions.Access;

/// <summary>
/// Who did what to which resource, in the log and in the trace: each call that was refused, and each that took the right to manage, to
/// redrive or to make keys. A category of its own, so that it can be kept where other lines are not. Never a secret.
/// </summary>
internal sealed partial class Audit(ILoggerFactory logging)
{
    public const string Category = "FuncQueue.Audit";

    private const Rights Kept = Rights.Manage | Rights.Redrive | Rights.Keys;

    private readonly ILogger log = logging.CreateLogger(Category);

    /// <summary>Whether calls that take this right are noted when they are allowed.</summary>
    public static bool IsKept(Rights anyOf) => (anyOf & Kept) != 0;

    public void Allowed(Caller caller, Rights anyOf, Resource resource, string operation)
    {
        Tag(caller, anyOf, resource, "allowed");
        LogAllowed(log, caller.Name, operation, RightNames.Either(anyOf), resource.ToString());
    }

    public void Refused(Caller caller, Rights anyOf, Resource resource, string operation)
    {
        Tag(caller, anyOf, resource, "refused");
        LogRefused(log, caller.Name, operation, RightNames.Either(anyOf), resource.ToString());
    }

    private static void Tag(Caller caller, Rights anyOf, Resource resource, string decision)
    {
        if (Activity.Current is not { } trace)
            return;
        trace.SetTag("funcqueue.access.decision", decision);
        trace.SetTag("funcqueue.access.caller", caller.Name);
        trace.SetTag("funcqueue.access.right", RightNames.Either(anyOf));
        trace.SetTag("funcqueue.access.resource", resource.ToString());
    }

    [LoggerMessage(701, LogLevel.Information, "{Caller} may {Operation} (right {Right}) on {Resource}.")]
    private static partial void LogAllowed(ILogger log, string caller, string operation, string right, string resource);

    [LoggerMessage(702, LogLevel.Warning, "{Caller} was refused {Operation} (right {Right}) on {Resource}.")]
    private static partial void LogRefused(ILogger log, string caller, string operation, string right, string resource);
}
