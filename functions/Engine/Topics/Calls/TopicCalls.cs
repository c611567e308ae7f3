using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Topics.Registry;

namespace FuncQueue.Engine.Topics.Calls;

/// <summary>Runs the operations of one process on its topics.</summary>
internal sealed class TopicCalls(EngineContext context, TopicDirectory directory)
    : GenerationCalls<TopicName, TopicRecord, TopicRuntime>(context, directory)
{
    protected override Failure NotFound(TopicName name) => new Failure.TopicNotFound(name);

    protected override Failure? WhyNot(TopicRuntime latest) => latest.IsDeleting ? new Failure.TopicDeleting(latest.Name) : null;
}
