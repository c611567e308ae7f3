namespace FuncQueue.Engine.Topics.Subscriptions;

/// <summary>Where a subscription stands in its life. The numbers are stored.</summary>
internal enum SubscriptionState
{
    /// <summary>Its cursors are being made; nothing is routed to it.</summary>
    Opening = 1,

    Active = 2,

    /// <summary>Nothing more is routed to it; what was still arrives, unless it is dropped.</summary>
    Closing = 3,
}
