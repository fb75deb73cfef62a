"""The courses of streets: pieces of one name joined into one line, ordered end to end."""

from geo.courses.course import Course, trace
from geo.courses.options import CourseOptions

__all__ = ["Course", "CourseOptions", "trace"]
