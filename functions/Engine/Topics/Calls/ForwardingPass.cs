using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Forwarding;
using FuncQueue.Engine.Topics.Registry;

namespace FuncQueue.Engine.Topics.Calls;

/// <summary>Forwards what others have left, in the topics whose marks say that there may be something.</summary>
internal sealed class ForwardingPass(EngineContext context, RegistryTable registry, TopicDirectory topics)
{
    public async Task<ForwardReport> RunAsync(CancellationToken cancellationToken)
    {
        var marks = await registry.QueryAsync(TopicKeys.Marks, int.MaxValue, TopicMark.Read, cancellationToken);
        var now = context.Now;
        var due = marks.FindAll(m => m.ForwardingDueAt is null || m.ForwardingDueAt <= now);
        var left = 0;
        foreach (var mark in due)
        {
            try
            {
                left += await VisitAsync(mark, cancellationToken) ? 0 : 1;
            }
            catch (StorageFaultException)
            {
                // Others go on.
                left++;
            }
        }

        return new ForwardReport(due.Count, left);
    }

    /// <summary>True when nothing is left to forward.</summary>
    private async Task<bool> VisitAsync(TopicMark mark, CancellationToken cancellationToken)
    {
        var topic = await topics.FindAsync(mark.Topic, cancellationToken);
        if (topic?.Table != mark.Table)
        {
            // Of a generation that is gone: retention takes the mark away.
            await registry.CommitAsync(mark.NoteForwarding(null));
            return true;
        }

        if (!(await ((TopicSubscriptions)topic.Subscriptions).ForwardAsync(cancellationToken)).TryGetValue(out var isTaken, out _))
            return false;
        // Who appends renews the mark, so that what was appended after this look is found by the next one.
        if (isTaken && mark.TouchedAt + ActivityMarker.QuietAfter(context.Options) <= context.Now)
            await registry.CommitAsync(mark.NoteForwarding(null));
        return isTaken;
    }
}
