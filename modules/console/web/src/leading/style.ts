/* The report's style, in parts: the own figures of a department need no more than the first two. */
import "./number_link.css";
import "./report_drawer.css";
import "./report.css";
import "./report_bars.css";
import "./report_side.css";
import "./pages.css";
