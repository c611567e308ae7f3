namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>How a step of a flow ended.</summary>
internal enum FlowStepEnd
{
    GotOn,

    /// <summary>There is no more now.</summary>
    AtEnd,

    /// <summary>Somebody else has moved the cursor.</summary>
    Passed,

    Failed,
}

/// <param name="Place">Null: the cursor has to be read.</param>
internal sealed record FlowStep(FlowStepEnd End, FlowPlace? Place);
